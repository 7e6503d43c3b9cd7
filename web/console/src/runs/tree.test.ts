import { expect, test } from 'vitest'
import { aRow as aRun } from '../testing/fixtures.js'
import { nest } from './tree.js'

const aRow = (run_id: string, parent?: string) =>
  aRun({ info: { run_id }, ...(parent && { tags: { 'mlflow.parentRunId': parent } }) })

const outline = (rows: Parameters<typeof nest>[0], collapsed: readonly string[] = []) =>
  nest(rows, new Set(collapsed)).map(({ row, depth }) => `${' '.repeat(depth)}${row.info.run_id}`)

test('places children below their parent and keeps the order at each level', () => {
  const rows = [aRow('b2', 'b'), aRow('a'), aRow('b'), aRow('b1', 'b'), aRow('b1x', 'b1')]
  expect(outline(rows)).toEqual(['a', 'b', ' b2', ' b1', '  b1x'])
})

test('leaves out descendants of a collapsed run', () => {
  expect(outline([aRow('a'), aRow('a1', 'a'), aRow('b')], ['a'])).toEqual(['a', 'b'])
})

test('shows a child at the top level if its parent is not loaded', () => {
  expect(outline([aRow('a1', 'gone')])).toEqual(['a1'])
})

test('shows all runs of a parent cycle', () => {
  expect(outline([aRow('a', 'b'), aRow('b', 'a'), aRow('c', 'c'), aRow('d', 'a')])).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
})
