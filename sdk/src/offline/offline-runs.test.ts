import { appendFileSync } from 'node:fs'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { eventsOf, recordRun } from '../testing/offline.js'
import { encodeLine } from './event.js'
import { listOfflineRuns } from './offline-runs.js'

afterEach(() => vi.restoreAllMocks())

test('detects a run that ends while its log is read', async () => {
  const run = await recordRun('listed', 3)
  const log = join(run, 'log.jsonl')
  const lines = (await readFile(log, 'utf8')).split(/(?<=\n)/)
  await writeFile(log, lines.slice(0, -1).join(''))
  vi.spyOn(process, 'kill').mockImplementation(() => {
    appendFileSync(log, lines.at(-1)!)
    throw Object.assign(new Error('no such process'), { code: 'ESRCH' })
  })
  expect(await listOfflineRuns(join(run, '..'), 'http://server')).toMatchObject([
    { live: false, summary: { end: { status: 'FINISHED' } } },
  ])
})

test('a run of another machine counts as ended when its log stops growing', async () => {
  const run = await recordRun('elsewhere', 3)
  const log = join(run, 'log.jsonl')
  const events = (await eventsOf(run)).filter((event) => event.type !== 'end')
  const moved = events.map((event) =>
    event.type === 'run' ? { ...event, process: { ...event.process, host: 'elsewhere' } } : event,
  )
  await writeFile(log, moved.map(encodeLine).join(''))
  expect(await listOfflineRuns(join(run, '..'), 'http://server')).toMatchObject([{ live: true }])
  const before = new Date(Date.now() - 11 * 60_000)
  await utimes(log, before, before)
  expect(await listOfflineRuns(join(run, '..'), 'http://server')).toMatchObject([{ live: false }])
})
