import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { queryKeys } from '../api/query-keys.js'
import type { TraceInfo } from '../api/traces.js'
import { TracePatcher, withRows, withTraces } from './patch-traces.js'

const trace = (trace_id: string, second: number, state: 'OK' | 'IN_PROGRESS' = 'OK'): TraceInfo => ({
  ...{ trace_id, trace_location: {}, state },
  request_time: new Date(second * 1000).toISOString(),
})
const pages = (next?: string) => ({
  pages: [{ traces: [trace('c', 30, 'IN_PROGRESS'), trace('b', 20)], next }],
  pageParams: [''],
})
const ids = (data: ReturnType<typeof withTraces>) =>
  data.pages.flatMap(({ traces }) => traces.map((t) => t.trace_id))

test('replaces changed traces, removes deleted ones and puts new ones in order of time', () => {
  const now = withTraces(pages(), new Set(['b', 'c', 'd', 'a']), [
    trace('c', 30),
    trace('d', 40),
    trace('a', 10),
  ])
  expect(ids(now)).toEqual(['d', 'c', 'a'])
  expect(now.pages[0]!.traces[1]!.state).toBe('OK')
})

test('leaves out traces that belong to a page that is not loaded yet', () => {
  expect(ids(withTraces(pages('more'), new Set(['a']), [trace('a', 10)]))).toEqual(['c', 'b'])
})

test('patches the rows of an evaluation run and keeps them if no row changed', () => {
  const rows = [trace('a', 10, 'IN_PROGRESS'), trace('b', 20)]
  const now = withRows(rows, new Set(['a', 'b', 'd', 'c']), [trace('d', 40), trace('a', 10), trace('c', 30)])
  expect(now.map(({ trace_id, state }) => [trace_id, state])).toEqual([
    ['a', 'OK'],
    ['c', 'OK'],
    ['d', 'OK'],
  ])
  expect(withRows(rows, new Set(['of another run']), [])).toBe(rows)
})

test('leaves out new traces outside of the range of the list', () => {
  const added = [trace('x', 35), trace('y', 45)]
  expect(ids(withTraces(pages(), new Set(['x', 'y']), added, { to: 40_000 }))).toEqual(['x', 'c', 'b'])
  expect(ids(withTraces(pages(), new Set(['x', 'y']), added, { from: 40_000 }))).toEqual(['y', 'c', 'b'])
})

test('reads the rows of an evaluation run again if too many have changed', async () => {
  const client = new QueryClient()
  const queryKey = queryKeys.evaluationRows('1', 'run')
  const observer = new QueryObserver(client, { queryKey, queryFn: () => [trace('a', 10)] })
  const unsubscribe = observer.subscribe(() => undefined)
  const query = client.getQueryCache().find({ queryKey })!
  await expect.poll(() => query.state.dataUpdateCount).toBe(1)
  const patcher = new TracePatcher(client)
  const trace_ids = Array.from({ length: 501 }, (_, i) => `tr-${i}`)
  expect(patcher.patch(query, { type: 'traces', experiment_id: '1', trace_ids })).toBe(true)
  await expect.poll(() => query.state.dataUpdateCount, { timeout: 5_000 }).toBe(2)
  patcher.stop()
  unsubscribe()
  client.clear()
})
