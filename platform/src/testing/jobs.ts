import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../jobs/deliver.js'
import { type Delivery, type Jobs, queue } from '../jobs/jobs.js'
import { silentLog } from './silent-log.js'

export interface OpenedJobs {
  readonly jobs: Jobs
  /** A second client of the same queue, like that of another process. */
  another(log?: Log): Promise<Jobs>
  close(): Promise<void>
}

const Note = queue({ name: 'notes', payload: Type.Object({ text: Type.String() }) })
const Older = queue({ name: 'notes', payload: Type.Object({ words: Type.Array(Type.String()) }) })
type NoteDelivery = Delivery<{ text: string }>

async function until(holds: () => boolean, milliseconds = 60_000) {
  for (const deadline = Date.now() + milliseconds; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${holds}`)
    await sleep(10)
  }
}

/** Tests the guarantees of `Jobs` for a backend. @param open opens an empty queue */
export function jobsContract(name: string, open: () => Promise<OpenedJobs>): void {
  describe(`${name} meets the contract of Jobs`, () => {
    let opened: OpenedJobs
    let jobs: Jobs
    beforeEach(async () => {
      opened = await open()
      jobs = opened.jobs
    })
    afterEach(() => opened?.close())

    test('delivers jobs added before and after the start of a consumer, approximately in order', async () => {
      const seen: string[] = []
      for (const text of ['a', 'b', 'c']) await jobs.add(Note, { text }, { id: text })
      jobs.work(Note, async ({ id, payload }) => void seen.push(`${id}=${payload.text}`))
      await until(() => seen.length === 3)
      expect(seen).toEqual(['a=a', 'b=b', 'c=c'])
      await jobs.add(Note, { text: 'd' }, { id: 'd' })
      await until(() => seen.length === 4)
      expect(seen.at(-1)).toBe('d=d')
    })

    test('delivers a job that is added first before those that wait', async () => {
      const seen: string[] = []
      for (const text of ['a', 'b', 'c']) await jobs.add(Note, { text }, { id: text })
      await jobs.add(Note, { text: 'd' }, { id: 'd', first: true })
      jobs.work(Note, async ({ payload }) => void seen.push(payload.text))
      await until(() => seen.length === 4)
      expect(seen).toEqual(['d', 'a', 'b', 'c'])
    })

    test('reserves an id until its processor has resolved', async () => {
      const seen: string[] = []
      let finish = () => {}
      const released = new Promise<void>((resolve) => {
        finish = resolve
      })
      await jobs.add(Note, { text: 'first' }, { id: '17-1' })
      await jobs.add(Note, { text: 'again' }, { id: '17-1' })
      jobs.work(Note, async ({ payload }) => {
        seen.push(payload.text)
        await released
      })
      await until(() => seen.length === 1)
      await jobs.add(Note, { text: 'while running' }, { id: '17-1' })
      finish()
      await jobs.add(Note, { text: 'next' }, { id: '18-1' })
      await until(() => seen.includes('next'))
      expect(seen).toEqual(['first', 'next'])
      await jobs.add(Note, { text: 'later' }, { id: '17-1' })
      await until(() => seen.length === 3)
      expect(seen).toEqual(['first', 'next', 'later'])
    })

    test('delivers each job to one of many consumers, within their concurrency', async () => {
      const seen: string[] = []
      let now = 0
      let most = 0
      const process = async ({ id }: NoteDelivery) => {
        most = Math.max(most, ++now)
        seen.push(id)
        await sleep(2)
        now--
      }
      const ids = Array.from({ length: 60 }, (_, i) => `n-${i}`)
      await Promise.all(ids.map((id) => jobs.add(Note, { text: id }, { id })))
      const second = await opened.another()
      jobs.work(Note, process, { concurrency: 2 })
      jobs.work(Note, process)
      second.work(Note, process)
      await until(() => seen.length >= ids.length)
      await jobs.add(Note, { text: 'next' }, { id: 'next' })
      await until(() => seen.includes('next'))
      expect(seen.toSorted()).toEqual([...ids, 'next'].toSorted())
      expect(most).toBeLessThanOrEqual(4)
      expect(most).toBeGreaterThan(1)
      await second.close()
    })

    test('redelivers a job with its count after the processor threw', async () => {
      const attempts: number[] = []
      let isNextDone = false
      jobs.work(Note, async ({ id, attempt }) => {
        if (id === 'next') isNextDone = true
        else attempts.push(attempt)
        if (id === 'stubborn' && attempt < 3) throw new Error('not yet')
      })
      await jobs.add(Note, { text: 'x' }, { id: 'stubborn' })
      await until(() => attempts.length === 3)
      await jobs.add(Note, { text: 'y' }, { id: 'next' })
      await until(() => isNextDone)
      expect(attempts).toEqual([1, 2, 3])
    })

    test('aborts running jobs on close, waits for them, and redelivers them', async () => {
      const events: string[] = []
      await jobs.add(Note, { text: 'x' }, { id: 'long' })
      const consumer = jobs.work(Note, async ({ signal }) => {
        events.push('started')
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        events.push('aborted')
        throw signal.reason
      })
      await until(() => events.length === 1)
      await consumer.close()
      expect(events).toEqual(['started', 'aborted'])
      const second = await opened.another()
      second.work(Note, async ({ id }) => void events.push(`again ${id}`))
      await until(() => events.length === 3)
      expect(events[2]).toBe('again long')
      await second.close()
    })

    test('rejects an invalid payload in add and drops a stored one', async () => {
      await expect(jobs.add(Note, { text: 7 as unknown as string }, { id: 'a' })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining("'text'"),
      })
      const errors: string[] = []
      const log = {
        ...silentLog,
        error: (_: unknown, message?: string) => void errors.push(String(message)),
      } as Log
      const seen: string[] = []
      await jobs.add(Older, { words: ['from', 'before'] }, { id: 'old' })
      await jobs.add(Note, { text: 'new' }, { id: 'new' })
      const second = await opened.another(log)
      second.work(Note, async ({ id }) => void seen.push(id))
      await until(() => seen.length === 1 && errors.length === 1)
      expect([seen, errors]).toEqual([['new'], ['job dropped: its payload does not parse']])
      await second.close()
    })

    test('rejects an invalid id', async () => {
      for (const id of ['', 'a:b', 'a b', 'x'.repeat(201), '../x'])
        await expect(jobs.add(Note, { text: '' }, { id }), id).rejects.toMatchObject({
          code: 'INVALID_PARAMETER_VALUE',
        })
    })
  })
}
