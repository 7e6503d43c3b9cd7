import { expect, test } from 'vitest'
import type { SpanSummary } from '../api/traces.js'
import { buildTree, matchingSpans, type SpanOrder, treeRows } from './span-tree.js'

const span = (span_id: string, parent: string | undefined, startMs: number, endMs?: number): SpanSummary => ({
  ...{ span_id, name: `span ${span_id}`, type: 'CHAIN', status: 'OK' },
  ...(parent && { parent_span_id: parent }),
  start_time_unix_nano: String(1_700_000_000_000_000_000n + BigInt(startMs * 1e6)),
  ...(endMs !== undefined && {
    end_time_unix_nano: String(1_700_000_000_000_000_000n + BigInt(endMs * 1e6)),
  }),
})
const rowsOf = (
  spans: readonly SpanSummary[],
  collapsed: string[] = [],
  keep?: ReadonlySet<string>,
  order?: SpanOrder,
) =>
  treeRows(buildTree(spans).roots, { collapsed: new Set(collapsed), keep, ...(order && { order }) }).map(
    ({ node, depth, position, siblings }) =>
      `${'.'.repeat(depth)}${node.span.span_id} ${position}/${siblings}`,
  )

const SPANS = [
  span('c', 'a', 20, 30),
  span('a', undefined, 0, 100),
  span('b', 'a', 5, 15),
  span('d', 'c', 21),
]

test('arranges spans below their parents by start time, with times relative to the trace', () => {
  expect(rowsOf(SPANS)).toEqual(['a 1/1', '.b 1/2', '.c 2/2', '..d 1/1'])
  const { roots, total } = buildTree(SPANS)
  expect([total, roots[0]!.children.map(({ start, duration }) => [start, duration])]).toEqual([
    100,
    [
      [5, 10],
      [20, 10],
    ],
  ])
})

test('puts running spans and then the longest first among siblings', () => {
  const spans = [...SPANS, span('e', 'a', 40, 90), span('f', 'a', 95)]
  expect(rowsOf(spans, [], undefined, 'slowest')).toEqual([
    ...['a 1/1', '.f 1/4', '.e 2/4', '.b 3/4', '.c 4/4', '..d 1/1'],
  ])
})

test('hides what is below a collapsed span, and what a search leaves out', () => {
  expect(rowsOf(SPANS, ['c'])).toEqual(['a 1/1', '.b 1/2', '.c 2/2'])
  expect(rowsOf(SPANS, [], matchingSpans(SPANS, 'SPAN D'))).toEqual(['a 1/1', '.c 1/1', '..d 1/1'])
})

test('shows spans without a known parent and in cycles as roots', () => {
  expect(rowsOf([span('x', 'gone', 1), span('y', 'y', 2)])).toEqual(['x 1/2', 'y 2/2'])
  expect(rowsOf([span('p', 'q', 1), span('q', 'p', 2)]).map((row) => row[0])).toEqual(['p', 'q'])
})

test('arranges a chain of 10,000 spans without recursion', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) =>
    span(String(i), i > 0 ? String(i - 1) : undefined, i),
  )
  expect(rowsOf(chain)).toHaveLength(10_000)
})
