import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { missing } from '@cairn/platform/errors'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { writeTable } from '@cairn/platform/tables/write'
import { newFolder } from '@cairn/platform/testing/folders'
import { beforeAll, expect, test } from 'vitest'
import { runQuery } from './run-query.js'

let blobs: DiskBlobs
const logged: string[] = []

beforeAll(async () => {
  const folder = newFolder()
  blobs = await DiskBlobs.open(join(folder, 'store'))
  await withDuckDb(async (connection) => {
    for (const [name, select] of [
      ['ratings', 'select range % 3 as film, range / 10.0 as rating from range(10)'],
      ['salaries', 'select 1 as salary'],
    ] as const)
      await writeTable(blobs, `tables/${name}`, { connection, select, mode: 'overwrite' })
  })
})

/** The catalog as a principal sees it that may read `Main.d.ratings` only. */
const client = async (operation: { id: string }, input: { full_name?: string; table_id?: string }) => {
  if (operation.id === 'getTable' && input.full_name === 'Main.d.ratings') return { table_id: 'ratings' }
  if (operation.id === 'getTable') throw missing(`Table '${input.full_name}' does not exist.`)
  return { url: blobs.uri(`tables/${input.table_id}`) }
}
const query = (
  text: string,
  parameters: Record<string, string> = {},
  signal = new AbortController().signal,
) =>
  runQuery(text, parameters, {
    ...{ client, services: { blobs }, signal },
    log: { info: (line: string) => logged.push(line) },
  } as never)

test('reads governed tables, and returns the rows of the last query as JSON', async () => {
  const text = `
    select 1;
    with r as (select * from "Main".d.ratings)
    select film, count(*) as n, max(rating) as best, date '2026-01-02' as day, 9007199254740993 as big,
      [1, null] as list, {'a': 'b'} as part, 'x'::blob as bytes
    from r where film = :film group by film -- :film in a comment
  `
  const result = await query(text, { film: '1' })
  expect(result).toEqual({
    columns: ['film', 'n', 'best', 'day', 'big', 'list', 'part', 'bytes'],
    rows: [
      {
        ...{ film: 1, n: 3, best: 0.7, day: '2026-01-02T00:00:00.000Z', big: '9007199254740993' },
        ...{ list: [1, null], part: { a: 'b' }, bytes: 'eA==' },
      },
    ],
    truncated: false,
  })
  expect(logged).toEqual(['reads Main.d.ratings'])
})

test('keeps the first rows, and does not read the others', async () => {
  const many = await query('select range as n from range(100000000)')
  expect([many.rows.length, many.rows[999], many.truncated]).toEqual([1_000, { n: 999 }, true])
  const wide = await query(`select repeat('x', 50000) as text from range(100)`)
  expect([wide.rows.length, wide.truncated]).toEqual([3, true])
})

test('reads no table that the principal may not read', async () => {
  const text = 'select * from Main.d.ratings where rating > (select max(salary) from main.D.salaries)'
  await expect(query(text)).rejects.toThrow("Table 'main.D.salaries' does not exist.")
})

test('ends with its signal', async () => {
  const stop = new AbortController()
  const slow = query(
    'select sum(sqrt(a.range * b.range)) from range(1000000) a, range(1000000) b',
    {},
    stop.signal,
  )
  setTimeout(() => stop.abort(new Error('stopped')), 200)
  await expect(slow).rejects.toThrow('stopped')
})
