import { expect, test } from 'vitest'
import { tableNames } from './sql-tables.js'

const query = (query_text: string) => ({ task_key: 'a', sql_task: { query: { query_text } } })

test.each<[string, string[]]>([
  ['select 1', []],
  ['select * from main.d.ratings r join "my cat"."d"."t" using (id)', ['main.d.ratings', 'my cat.d.t']],
  ['from ( main . d . a ), main.d.b -- main.d.c\n/* main.d.e */', ['main.d.a', 'main.d.b']],
  ['pivot main.d.ratings on year', ['main.d.ratings']],
  ['select t.address.street from main.d.t', ['main.d.t', 't.address.street']],
  ["select '--', '/*' from main.d.a where x = 'it''s -- /* main.d.no' or y = \"/*\" -- */", ['main.d.a']],
  ['select \'--\' as "--", t.x from main.d.a t join main.d.b', ['main.d.a', 'main.d.b']],
  ['-- one\rfrom main./* two */d.a where x = $1 and y = $film', ['main.d.a']],
  ['from "say ""x""".데이터.평점', ['say "x".데이터.평점']],
])('finds the names in %s', (text, names) => expect(tableNames({}, query(text))).toEqual(names))

test('reads the text of a file, and ignores other kinds of tasks', () => {
  const files = { 'q.sql': 'from main.d.t' }
  expect(tableNames({ files }, { task_key: 'a', sql_task: { file: { path: 'q.sql' } } })).toEqual([
    'main.d.t',
  ])
  expect(tableNames({ files }, { task_key: 'a', shell_task: { script: 'from a.b.c' } })).toEqual([])
})

test.each([
  "select 'open",
  'from "open',
  'select 1 /* open',
  '/* a /* b */ from main.d.t */ select 1',
  "select e'\\'--' from main.d.t",
  "select $$ ' $$ from main.d.t",
  "select $tag$ ' $tag$ from main.d.t",
  Array.from({ length: 101 }, (_, i) => `a.b.c${i}`).join(),
])('does not guess the tables of %s', (text) =>
  expect(() => tableNames({}, query(text))).toThrow(/are ambiguous|101 names/),
)

test.each([
  '/*'.repeat(50_000),
  'a'.repeat(100_000),
  'a '.repeat(50_000),
  '""'.repeat(50_000),
  '"'.repeat(99_999),
  '. '.repeat(50_000),
])('reads a long text fast', (text) => {
  const start = performance.now()
  try {
    tableNames({}, query(text))
  } catch {}
  expect(performance.now() - start).toBeLessThan(5_000)
})
