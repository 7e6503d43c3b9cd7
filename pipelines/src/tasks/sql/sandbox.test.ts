import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { readResult } from './query-result.js'
import { namedMarkers, openSandbox, parseQueries, withViews } from './sandbox.js'

let parser: DuckDBConnection
let sandbox: DuckDBConnection
let folder: string
beforeAll(async () => {
  folder = newFolder()
  writeFileSync(join(folder, 'secret.csv'), 'a,b\n1,2\n')
  parser = await (await DuckDBInstance.create(':memory:')).connect()
  const allowed = join(folder, 'allowed.parquet')
  await parser.run(`copy (select 1 as a) to '${allowed}' (format parquet)`)
  const source = `(select * from read_parquet(['${allowed}']))`
  sandbox = await openSandbox([{ source, files: [allowed] }])
})

const query = async (text: string) => {
  const queries = await parseQueries(parser, text)
  return (await sandbox.runAndReadAll(await withViews(parser, queries))).getRowObjects()
}

test.each([
  'with t as (select * from "Main".d.t) select * from t',
  'select t.a from Main.d.t where Main.d.t.a in (select u.a from Main.d.t as u)',
  'select t.* from Main.d.t group by all having max(sqrt(a)) > 0 order by all',
  'select a from Main.d.t where 9007199254740993 % 10 = 3 and 1.0 / 2 = 0.5 and 1e0 = a and 12345678901234567890.5 > 0 limit 10',
  "select unnest([1]) as a from Main.d.t where regexp_matches('x', 'x')",
  'with query as (select * from Main.d.t) select query.a from query',
])('reads its relations: %s', async (text) => {
  expect(await query(text)).toEqual([{ a: 1 }])
})

test('finds the tables of all statements, without those of the engine and of WITH', async () => {
  const text =
    'with q as (select 1) select * from q, Main.d.t; select (select max(x) from "A b".c.d), * from memory.main.t'
  expect((await parseQueries(parser, text)).tables).toEqual([
    { catalog: 'Main', schema: 'd', table: 't' },
    { catalog: 'A b', schema: 'c', table: 'd' },
  ])
})

test.each<[string, string | RegExp]>([
  ['select * from t', /Table with name t does not exist/],
  ['drop view relation_0', 'only SELECT statements are supported.'],
  ["copy (select 1) to '/tmp/x'", 'only SELECT statements are supported.'],
  ["select 1; attach '/tmp/x.db' as x", 'only SELECT statements are supported.'],
  ['install httpfs', 'only SELECT statements are supported.'],
  ["set memory_limit = '80GB'", 'only SELECT statements are supported.'],
  ['selec 1', /syntax error/],
  ["select * from read_csv('FOLDER/secret.csv')", /disabled by configuration/],
  ["select * from 'FOLDER/secret.csv'", /disabled by configuration/],
  ["select * from read_text('/proc/self/environ')", /disabled by configuration/],
  ["select * from glob('/*')", /disabled by configuration/],
  ["select * from read_parquet('https://127.0.0.1/x.parquet')", /disabled by configuration/],
])('refuses: %s', async (text, message) => {
  await expect(query(text.replace('FOLDER', folder))).rejects.toThrow(message)
})

test.each([
  'select * from duckdb_settings()',
  'select * from DuckDB_views',
  'select (select sql from duckdb_views() limit 1)',
  "select current_setting('allowed_paths')",
  'select * from sqlite_master',
  'select view_definition from information_schema.views',
  'select definition from pg_catalog.pg_views',
  'select * from pg_views',
  'select * from pragma_database_list()',
  'select pg_get_viewdef(0)',
  "select * from query('select * from duckdb_settings()')",
  "select * from query_table('duckdb_views')",
  "select * from json_execute_serialized_sql(json_serialize_sql('select * from duckdb_settings()'))",
  "select * from enable_logging(storage = 'file', storage_config = {'path': '/tmp'})",
  "select json_serialize_plan('select * from relation_0')",
  "select * from which_secret('s3://x', 's3')",
  'with d as (from duckdb_secrets()) select * from d',
  'select 1 union all select count(*) from system.main.duckdb_views',
])('shows nothing of the engine and its files: %s', async (text) => {
  await expect(query(text)).rejects.toThrow(/is not supported: it is about the engine/)
})

test('names no folder of the server in its settings', async () => {
  const rows = await (
    await sandbox.runAndReadAll('select name, value from duckdb_settings()')
  ).getRowObjects()
  const paths = rows.filter(({ name, value }) => name !== 'allowed_paths' && String(value).startsWith('/'))
  expect(paths).toEqual([])
})

test.each([
  "set memory_limit = '80GB'",
  "copy (select 1) to '/tmp/x'",
  "attach '/tmp/x.db' as x",
  'load httpfs',
])('is closed for %s, even without the parser', async (text) => {
  await expect(sandbox.run(text)).rejects.toThrow(/locked|disabled/)
})

test('bounds tables and columns', async () => {
  const tables = Array.from({ length: 101 }, (_, i) => `a.b.c${i}`)
  await expect(query(`select 1 from ${tables}`)).rejects.toThrow('read 101 tables; the limit is 100')
  const read = async (text: string) => readResult(await sandbox.stream(text))
  const columns = Array.from({ length: 1_001 }, (_, i) => `${i} as c${i}`)
  await expect(read(`select ${columns}`)).rejects.toThrow('the result has 1001 columns')
  await expect(read(`select 1 as "${'x'.repeat(200_001)}"`)).rejects.toThrow(
    'names and types of 200008 bytes',
  )
  const levels = Array.from(
    { length: 14 },
    (_, i) => `t${i + 1} as (select {'a': x, 'b': x} as x from t${i})`,
  )
  await expect(read(`with t0 as (select 1 as x), ${levels} select x from t14`)).rejects.toThrow(
    'the result has 1 columns with names and types of',
  )
})

test('marks parameters outside strings, comments, casts and slices only', () => {
  const text = `select ':a', ":a", x::a, l[1:a], :a, :ab /* :a */ -- :a`
  expect(namedMarkers(text, ['a'])).toBe(`select ':a', ":a", x::a, l[1:a], $a, :ab /* :a */ -- :a`)
})
