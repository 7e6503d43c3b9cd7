import { expect, test } from 'vitest'
import { tableNames } from './sql-tables.js'

const query = (query_text: string) => ({ task_key: 'a', sql_task: { query: { query_text } } })

test.each<[string, string[]]>([
  ['select 1', []],
  ['select * from main.d.ratings r join "my cat"."d"."t" using (id)', ['main.d.ratings', 'my cat.d.t']],
  ['from ( main . d . a ), main.d.b -- main.d.c\n/* main.d.e */', ['main.d.a', 'main.d.b']],
  ['pivot main.d.ratings on year', ['main.d.ratings']],
  ['select t.address.street from main.d.t', ['main.d.t', 't.address.street']],
  ['from "say ""x""".데이터.평점', ['say "x".데이터.평점']],
])('finds the names in %s', (text, names) => expect(tableNames({}, query(text))).toEqual(names))

test('reads the text of a file, and nothing of other kinds', () => {
  const files = { 'q.sql': 'from main.d.t' }
  expect(tableNames({ files }, { task_key: 'a', sql_task: { file: { path: 'q.sql' } } })).toEqual([
    'main.d.t',
  ])
  expect(tableNames({ files }, { task_key: 'a', shell_task: { script: 'from a.b.c' } })).toEqual([])
})
