import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import type { OpenedTable } from '@cairn/platform/tables/governed-table'
import { writeTable } from '@cairn/platform/tables/write'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TrainingColumns } from './training-columns.js'

let folder: string
let blobs: DiskBlobs
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-training-columns-'))
  blobs = await DiskBlobs.open(folder)
})
afterAll(() => rm(folder, { recursive: true }))

let tables = 0
/** Writes a table and reads all of its columns, and those of `required` too. */
async function read(select: string, required: readonly string[] = []) {
  const key = `t${tables++}`
  const { columns } = await withDuckDb((connection) =>
    writeTable(blobs, key, { connection, select, mode: 'create' }),
  )
  const names = columns.map(({ name }) => name)
  const table = { info: { columns }, key } as unknown as OpenedTable
  return TrainingColumns.read(blobs, 'a.b.t', table, { required, optional: names })
}

test('reads ids of any integer type as numbers, and others as text', async () => {
  const columns = await read(
    `select 7::bigint as "long", 8::int as "int", 2.0::double as "double", '아 7' as "text"`,
  )
  for (const [column, id] of Object.entries({ long: 7, int: 8, double: 2, text: '아 7' }))
    expect([...(columns.ids(column) as ArrayLike<string | number> & Iterable<unknown>)]).toEqual([id])
})

test('reads times and ratings of any number type, and timestamps', async () => {
  const columns = await read(
    `select 1600000000::bigint as seconds, 3.5::decimal(3, 1) as rating, timestamptz '1970-01-02 00:00:00+00' as at, date '1970-01-03' as day`,
  )
  const first = (column: string) => columns.times(column)[0]
  expect([first('seconds'), first('rating'), first('at'), first('day')]).toEqual([
    1.6e9,
    3.5,
    86_400_000,
    2 * 86_400_000,
  ])
})

test('reads facts leniently: no text for nulls, NaN for what is not a number', async () => {
  const columns = await read(
    `select * from (values ('제목', 1999::bigint, '1999?', ' '), (null, null, null, null)) as t(title, "year", "text", blank)`,
  )
  const row = (title: string) => (columns.text('title', 0) === title ? 0 : 1)
  expect(columns.text('title', row('제목'))).toBe('제목')
  expect(columns.text('title', row(''))).toBe('')
  expect(columns.number('year', row('제목'))).toBe(1999)
  expect(columns.number('year', row(''))).toBeNaN()
  expect(columns.number('text', row('제목'))).toBeNaN()
  expect(columns.number('blank', row('제목'))).toBeNaN()
  expect(columns.has('genres')).toBe(false)
})

test('refuses with the table, the column and what to do', async () => {
  const refusal = (message: RegExp) => ({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringMatching(message),
  })
  await expect(read(`select 1 as user_id, 2 as item`, ['user_id', 'movie_id'])).rejects.toMatchObject(
    refusal(
      /^Table 'a\.b\.t' has no column 'movie_id', only user_id, item\. Training needs user_id, movie_id\.$/,
    ),
  )
  const odd = await read(
    `select * from (values (1, 'x', 0.5::double, 9007199254740993::bigint, 'inf'::double), (null, null, 1, 1, 1))
     as t("null", "text", half, large, infinite)`,
  )
  expect(() => odd.ids('null')).toThrow(/^Table 'a\.b\.t': null is null in 1 of 2 rows\. Remove these rows/)
  expect(() => odd.ids('text')).toThrow(/text is null in 1 of 2 rows/)
  expect(() => odd.finiteNumbers('null')).toThrow(/1 of 2/)
  expect(() => odd.ids('half')).toThrow(/half 0\.5 is not an integer below 2\^53\. Use text for such ids\./)
  expect(() => odd.ids('large')).toThrow(/large 9007199254740993 is not/)
  expect(() => odd.finiteNumbers('infinite')).toThrow(/infinite Infinity is not a finite number/)
  const text = await read(`select 'yesterday' as rated_at`)
  expect(() => text.finiteNumbers('rated_at')).toThrow(
    /rated_at is text, but must be a number or a timestamp\./,
  )
})
