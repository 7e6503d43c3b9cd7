import { randomBytes } from 'node:crypto'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { jobsContract } from '../testing/jobs.js'
import { NetworkProxy } from '../testing/network-proxy.js'
import { deleteKeys } from '../testing/redis.js'
import { silentLog } from '../testing/silent-log.js'
import { BullMqJobs } from './bullmq.js'
import { queue } from './jobs.js'

const url = process.env.TEST_REDIS_URL

if (url)
  jobsContract('BullMqJobs', async () => {
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const jobs = new BullMqJobs({ url, prefix }, silentLog)
    return {
      jobs,
      another: async (log = silentLog) => new BullMqJobs({ url, prefix }, log),
      close: async () => {
        await jobs.close()
        await deleteKeys(url, `${prefix}:*`)
      },
    }
  })
else test.skip('BullMqJobs: set TEST_REDIS_URL=redis://… to run its tests', () => undefined)

describe('BullMqJobs without Redis', () => {
  test('rejects add instead of waiting', async () => {
    const jobs = new BullMqJobs({ url: 'redis://127.0.0.1:1' }, silentLog)
    const Ping = queue({ name: 'ping', payload: Type.Object({}) })
    await expect(jobs.add(Ping, {}, { id: 'one' })).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
    await jobs.close()
  })
})

describe.skipIf(!url)('BullMqJobs after losing Redis', () => {
  test('closes a consumer after its running jobs ended', async () => {
    const line = await NetworkProxy.to(url!)
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const jobs = new BullMqJobs({ url: line.instead(url!), prefix }, silentLog)
    const Ping = queue({ name: 'ping', payload: Type.Object({}) })
    try {
      await jobs.add(Ping, {}, { id: 'one' })
      const ended = await new Promise<Promise<string>>((resolve) => {
        const consumer = jobs.work(Ping, async ({ signal }) => {
          const stopped = new Promise<void>((stop) => signal.addEventListener('abort', () => stop()))
          let processed = false
          resolve(
            (async () => {
              await line[Symbol.asyncDispose]()
              await consumer.close()
              return processed ? 'closed after it' : 'closed before it'
            })(),
          )
          await stopped
          processed = true
        })
      })
      expect(await ended).toBe('closed after it')
    } finally {
      await jobs.close()
      await deleteKeys(url!, `${prefix}:*`)
    }
  })
})
