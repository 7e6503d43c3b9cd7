import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { busyPoll } from './busy-poll.js'

/** Milliseconds that the event loop slept in the next so many. */
async function sleptIn(ms: number) {
  const before = performance.eventLoopUtilization()
  await sleep(ms)
  return performance.eventLoopUtilization(before).idle
}

test.skipIf(availableParallelism() === 1)(
  'after an answer the loop looks for the next request for a while, and sleeps then',
  async () => {
    const app = Fastify().get('/', async () => 'here')
    onTestFinished(() => app.close())
    busyPoll(app, 1000)
    await app.ready()
    expect(await sleptIn(50)).toBeGreaterThan(0)
    await app.inject('/')
    await app.inject('/')
    expect(await sleptIn(50)).toBe(0)
    await expect.poll(() => sleptIn(50), { timeout: 120_000 }).toBeGreaterThan(0)
  },
)
