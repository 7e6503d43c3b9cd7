import { appendFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { recordRun } from '../testing/offline.js'
import { listOffline } from './list.js'

afterEach(() => vi.restoreAllMocks())

test('a process that ends its run while the log is read has ended it', async () => {
  const run = await recordRun('listed', 3)
  const log = join(run, 'log.jsonl')
  const lines = (await readFile(log, 'utf8')).split(/(?<=\n)/)
  await writeFile(log, lines.slice(0, -1).join(''))
  vi.spyOn(process, 'kill').mockImplementation(() => {
    appendFileSync(log, lines.at(-1)!)
    throw Object.assign(new Error('no such process'), { code: 'ESRCH' })
  })
  expect(await listOffline(join(run, '..'), 'http://server')).toMatchObject([
    { live: false, survey: { end: { status: 'FINISHED' } } },
  ])
})
