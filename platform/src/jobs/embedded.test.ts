import { spawn } from 'node:child_process'
import { once } from 'node:events'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { openDb } from '../db/open.js'
import { builtFile } from '../processes/module-file.js'
import { hasExited, newProcessId } from '../processes/process-id.js'
import { databases } from '../testing/databases.js'
import { jobsContract } from '../testing/jobs.js'
import { silentLog } from '../testing/silent-log.js'
import { EmbeddedJobs } from './embedded.js'
import { queue } from './jobs.js'
import { QueuedJobs } from './queued-jobs.js'

for (const [name, database] of databases)
  jobsContract(`EmbeddedJobs on ${name}`, async () => {
    const opened = await database.open()
    const others = new Set<() => Promise<void>>()
    return {
      jobs: await EmbeddedJobs.open(opened.db, silentLog),
      another: async (log = silentLog) => {
        const db = openDb<unknown>(opened.url)
        others.add(() => db.close())
        return EmbeddedJobs.open(db, log)
      },
      close: async () => {
        for (const close of others) await close()
        await opened.close()
      },
    }
  })

const Ping = queue({ name: 'ping', payload: Type.Object({}) })

describe.each(databases)('jobs of a killed process on %s', (_name, database) => {
  test('are delivered again at the next poll', async () => {
    const opened = await database.open()
    const jobs = await EmbeddedJobs.open(opened.db, silentLog)
    await jobs.add(Ping, {}, { id: 'one' })
    const script = builtFile(new URL('../testing/hang-in-job.js', import.meta.url))
    const child = spawn(process.execPath, [script, opened.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    expect(String(line)).toBe('one 1\n')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const delivered = await new Promise<[string, number]>((resolve) => {
      jobs.work(Ping, async ({ id, attempt }) => resolve([id, attempt]))
    })
    expect(delivered).toEqual(['one', 2])
    await jobs.close()
    await opened.close()
  })
})

describe.each(databases)('a clock that jumps by a day, on %s', (_name, database) => {
  const DAY_MS = 86_400_000
  test.each([
    ['back', -DAY_MS],
    ['forward', DAY_MS],
  ])('%s, delays neither waiting nor leased jobs', async (_way, jump) => {
    const opened = await database.open()
    let time = 1_700_000_000_000
    const now = () => time
    const jobs = await EmbeddedJobs.open(opened.db, silentLog, now)
    const delivered = async (count: number) => {
      const ids: string[] = []
      await new Promise<void>((resolve) => {
        jobs.work(Ping, async ({ id }) => {
          if (ids.push(id) === count) resolve()
        })
      })
      await jobs.close()
      return ids.toSorted()
    }
    await jobs.add(Ping, {}, { id: 'held' })
    const rows = new QueuedJobs(opened.db.for(), now)
    expect(await rows.claim('ping', 'of-another-machine', 1)).toHaveLength(1)
    await jobs.add(Ping, {}, { id: 'waits' })
    time += jump
    await jobs.add(Ping, {}, { id: 'new' })
    expect(await delivered(3)).toEqual(['held', 'new', 'waits'])
    expect(await rows.isAnyDue('ping')).toBe(false)
    await opened.close()
  })
})

test('considers a lease holder dead only when its process has certainly ended', async () => {
  expect(hasExited(newProcessId())).toBe(false)
  const [namespace, pid, started] = newProcessId().split('-')
  expect(hasExited([namespace, pid, Number(started) + 1, 'x'].join('-'))).toBe(true) // a reused process id
  expect(hasExited(['another-place', '999999', '1', 'x'].join('-'))).toBe(false)
  expect(hasExited('nonsense')).toBe(false)
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  expect(hasExited([namespace, child.pid, started, 'x'].join('-'))).toBe(true)
})
