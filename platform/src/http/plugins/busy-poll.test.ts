import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { busyPoll } from './busy-poll.js'

/** Returns for how many of the next `ms` milliseconds the event loop was idle. */
async function idleDuring(ms: number) {
  const before = performance.eventLoopUtilization()
  await sleep(ms)
  return performance.eventLoopUtilization(before).idle
}

test.skipIf(availableParallelism() === 1)(
  'polls for the next request for a while after a response, then sleeps',
  async () => {
    const app = Fastify().get('/', async () => 'here')
    onTestFinished(() => app.close())
    busyPoll(app, 1000)
    await app.ready()
    expect(await idleDuring(50)).toBeGreaterThan(0)
    await app.inject('/')
    await app.inject('/')
    expect(await idleDuring(50)).toBe(0)
    await expect.poll(() => idleDuring(50), { timeout: 120_000 }).toBeGreaterThan(0)
  },
)
