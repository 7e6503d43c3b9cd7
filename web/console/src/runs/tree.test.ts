import { expect, test } from 'vitest'
import { aRow as aRun } from '../testing/fixtures.js'
import { nest } from './tree.js'

const aRow = (run_id: string, parent?: string) =>
  aRun({ info: { run_id }, ...(parent && { tags: { 'mlflow.parentRunId': parent } }) })

const outline = (rows: Parameters<typeof nest>[0], collapsed: readonly string[] = []) =>
  nest(rows, new Set(collapsed)).map(({ row, depth }) => `${' '.repeat(depth)}${row.info.run_id}`)

test('children follow their parent, at each level in the order that they came', () => {
  const rows = [aRow('b2', 'b'), aRow('a'), aRow('b'), aRow('b1', 'b'), aRow('b1x', 'b1')]
  expect(outline(rows)).toEqual(['a', 'b', ' b2', ' b1', '  b1x'])
})

test('what is below a folded parent is left out', () => {
  expect(outline([aRow('a'), aRow('a1', 'a'), aRow('b')], ['a'])).toEqual(['a', 'b'])
})

test('a child whose parent is not among the rows stands by itself', () => {
  expect(outline([aRow('a1', 'gone')])).toEqual(['a1'])
})

test('runs that name each other as parents are all shown', () => {
  expect(outline([aRow('a', 'b'), aRow('b', 'a'), aRow('c', 'c'), aRow('d', 'a')])).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
})
