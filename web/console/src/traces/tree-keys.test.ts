import { expect, test } from 'vitest'
import { buildTree, treeRows } from './span-tree.js'
import { findByName, treeAction } from './tree-keys.js'

const span = (span_id: string, parent_span_id: string | undefined, at: number) => ({
  ...{ span_id, name: `Step ${span_id}`, type: 'CHAIN', status: 'OK', start_time_unix_nano: String(at) },
  ...(parent_span_id && { parent_span_id }),
})
// a > (b > c, d), e
const { roots } = buildTree([
  span('a', undefined, 0),
  span('b', 'a', 1),
  span('c', 'b', 2),
  span('d', 'a', 3),
  span('e', undefined, 4),
])
const press = (key: string, id: string, closed: string[] = []) => {
  const collapsed = new Set(closed)
  const rows = treeRows(roots, { collapsed })
  const index = rows.findIndex(({ node }) => node.span.span_id === id)
  const action = treeAction(key, { rows, index, collapsed })
  return action !== undefined && typeof action === 'object' && 'move' in action
    ? rows[action.move]!.node.span.span_id
    : action
}

test('moves over the visible rows and stops at both ends', () => {
  expect([
    press('ArrowDown', 'b'),
    press('ArrowDown', 'b', ['b']),
    press('ArrowUp', 'a'),
    press('End', 'a'),
  ]).toEqual(['c', 'd', 'a', 'e'])
})

test('right expands, then enters; left collapses, then leaves', () => {
  expect([press('ArrowRight', 'b', ['b']), press('ArrowRight', 'b'), press('ArrowRight', 'c')]).toEqual([
    { toggle: 'b' },
    'c',
    'nothing',
  ])
  expect([press('ArrowLeft', 'b'), press('ArrowLeft', 'c'), press('ArrowLeft', 'e')]).toEqual([
    { toggle: 'b' },
    'b',
    'nothing',
  ])
})

test('selects the current row, expands its siblings and leaves other keys alone', () => {
  expect([press('Enter', 'c'), press('*', 'd'), press('Tab', 'd')]).toEqual([
    { select: 'c' },
    { expand: ['b', 'd'] },
    undefined,
  ])
})

test('finds a name from a row on and around the end', () => {
  const rows = treeRows(roots, { collapsed: new Set() })
  expect([findByName(rows, 'step c', 3), findByName(rows, 'step', 4), findByName(rows, 'x', 0)]).toEqual([
    2, 4, -1,
  ])
})
