import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtFile } from '../processes/module-file.js'
import { Database } from './better-sqlite3.js'
import { type LogState, stateOfLog } from './checkpoint.js'
import { Checkpoints } from './checkpoints.js'
import { openSqlite } from './sqlite.js'
import { integrityErrors } from './sqlite-snapshot.js'

const MEBIBYTE = 2 ** 20
const BYTES_A_WRITE = MEBIBYTE / 4

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-checkpoints-'))
  file = join(folder, 'test.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const BLOBS = 'create table blobs (id integer primary key, bytes blob not null)'
const INSERT = `insert into blobs (bytes) values (zeroblob(${BYTES_A_WRITE}))`

async function openWriter() {
  const engine = openSqlite(file)
  await engine.script(BLOBS)
  const write = async (times: number) => {
    for (let n = 0; n < times; n++) await engine.transaction((tx) => sql.raw(INSERT).execute(tx))
  }
  return { engine, write }
}

function logState(): LogState {
  const handle = new Database(file)
  try {
    return stateOfLog(handle).get()!
  } finally {
    handle.close()
  }
}

test('copies commits to the file without the writer, and restarts the log', async () => {
  const { engine, write } = await openWriter()
  await write(20)
  await expect.poll(() => logState().checkpointed, { timeout: 120_000 }).toBeGreaterThanOrEqual(1000)
  await write(2) // copies the remaining pages; the next write restarts the log
  expect(logState().log).toBeLessThan(200)
  await engine.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test('leaves a sound file and no log after a writer that never pauses', async () => {
  const { engine, write } = await openWriter()
  await write(400)
  await engine.close()
  expect(statSync(file).size).toBeGreaterThan(100 * MEBIBYTE)
  expect(existsSync(`${file}-wal`)).toBe(false)
  expect(integrityErrors(file)).toEqual([])
})

test('lets the process end after it closed the database', () => {
  const script = builtFile(new URL('../testing/write-and-close.js', import.meta.url))
  expect(execFileSync(process.execPath, [script, file], { encoding: 'utf8' })).toBe('closed\n')
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test('writes succeed when the thread cannot start', async () => {
  const writer = new Database(file)
  writer.pragma('journal_mode = WAL')
  writer.exec(BLOBS)
  const checkpoints = new Checkpoints(writer, join(folder, 'absent.db'))
  const insert = writer.prepare(INSERT)
  for (let n = 0; n < 40; n++) {
    insert.run()
    checkpoints.afterCommit()
    await turn()
  }
  await checkpoints.close()
  expect(writer.prepare('select count(*) from blobs').pluck().get()).toBe(40)
  expect(existsSync(join(folder, 'absent.db'))).toBe(false)
  writer.close()
})
