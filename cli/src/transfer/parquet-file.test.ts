import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlText, withDuckDb } from '@cairn/platform/tables/duckdb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readParquet, writeParquet } from './parquet-file.js'
import { FORMAT } from './records.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-parquet-'))
  file = join(folder, 'runs.parquet')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const REFUSED = /^[^\n]*runs\.parquet holds no exported runs, or is not whole: [^\n]*$/

test('a file that was cut short is refused in one sentence', async () => {
  await writeParquet(
    file,
    (async function* () {
      yield { kind: 'header' as const, format: FORMAT }
    })(),
  )
  truncateSync(file, 400)
  await expect(readParquet(file).next()).rejects.toThrow(REFUSED)
})

test('a table of something else is refused in one sentence', async () => {
  await withDuckDb((connection) =>
    connection.run(`copy (select 1 as a) to ${sqlText(file)} (format parquet)`),
  )
  await expect(readParquet(file).next()).rejects.toThrow(REFUSED)
})
