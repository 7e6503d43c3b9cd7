import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtFile } from '../processes/module-file.js'
import { newFolder } from '../testing/folders.js'

const MODULE = builtFile(new URL('./duckdb.js', import.meta.url))

/** Prints whether DuckDB's library was mapped when the main thread loaded it, and the result of a query. */
const SCRIPT = `
process.report.excludeNetwork = true
const isMapped = () => process.report.getReport().sharedObjects.some((path) => /duckdb\\.node$/.test(path))
const states = [isMapped()]
const { dlopen } = process
process.dlopen = (...parameters) => {
  if (/duckdb\\.node$/.test(parameters[1])) states.push(isMapped())
  return dlopen(...parameters)
}
const { withDuckDb } = await import(${JSON.stringify(MODULE)})
const queries = [1, 2].map((n) => withDuckDb(async (connection) => (await connection.runAndReadAll('select ' + n)).getRows()))
console.log(JSON.stringify({ states, rows: await Promise.all(queries) }))
`

test('a thread maps the native library before the main thread loads it', () => {
  const path = join(newFolder(), 'query.mjs')
  writeFileSync(path, SCRIPT)
  const printed = execFileSync(process.execPath, [path], { encoding: 'utf8' })
  expect(JSON.parse(printed)).toEqual({ states: [false, true], rows: [[[1]], [[2]]] })
})
