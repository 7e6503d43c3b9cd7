import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlText, withDuckDb } from '@cairn/platform/tables/duckdb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readParquet, writeParquet } from './parquet-file.js'
import { EXPORT_FORMAT } from './records.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-parquet-'))
  file = join(folder, 'runs.parquet')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ONE_SENTENCE = /^[^\n]*runs\.parquet is not an export of runs, or is incomplete: [^\n]*$/

test('rejects a truncated file with a one-line message', async () => {
  await writeParquet(
    file,
    (async function* () {
      yield { kind: 'header' as const, format: EXPORT_FORMAT }
    })(),
  )
  truncateSync(file, 400)
  await expect(readParquet(file).next()).rejects.toThrow(ONE_SENTENCE)
})

test('rejects another Parquet table with a one-line message', async () => {
  await withDuckDb((connection) =>
    connection.run(`copy (select 1 as a) to ${sqlText(file)} (format parquet)`),
  )
  await expect(readParquet(file).next()).rejects.toThrow(ONE_SENTENCE)
})
