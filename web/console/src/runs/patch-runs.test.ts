import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'
import { aRun } from '../testing/fixtures.js'
import { NO_KEYS } from './column-keys.js'
import { RunPatcher, withRuns } from './patch-runs.js'
import { type Pages, startOf, withKeys } from './run-pages.js'

const run = (run_id: string, metrics: Record<string, number>, start_time = 0) =>
  aRun({ info: { run_id, start_time }, metrics })
const pages = (...lists: Run[][]): Pages => ({
  pages: lists.map((runs) => ({ runs, keys: NO_KEYS })),
  pageParams: lists.map((_, index) => ({ index, token: String(index) })),
})
const idsOf = (data: Pages) => data.pages.map((page) => page.runs?.map(({ info }) => info.run_id))

test('patches the changed metrics of a run and keeps the other runs as they are', () => {
  const [a, b] = [run('a', { loss: 3, other: 1 }), run('b', { loss: 2 })]
  const { pages: patched } = withRuns(pages([a], [b]), ['a'], [run('a', { loss: 2.5 })], {
    isWhole: false,
    stage: 'active',
  })
  expect(patched[0]!.runs![0]!.data.metrics).toMatchObject([
    { key: 'loss', value: 2.5 },
    { key: 'other', value: 1 },
  ])
  expect(patched[1]!.runs![0]).toBe(b)
})

test('puts a new run where its start time belongs, and removes a deleted one', () => {
  const data = pages([run('b', {}, 20), run('a', {}, 10)])
  expect(idsOf(withRuns(data, ['c'], [run('c', {}, 15)], { isWhole: true, stage: 'active' }))).toEqual([
    ['b', 'c', 'a'],
  ])
  const deleted = aRun({ info: { run_id: 'a', lifecycle_stage: 'deleted' } })
  expect(idsOf(withRuns(data, ['a'], [deleted], { isWhole: true, stage: 'active' }))).toEqual([['b']])
  expect(idsOf(withRuns(data, ['a'], [], { isWhole: true, stage: 'active' }))).toEqual([['b']])
})

test('does not add a run of which only some metrics were read', () => {
  expect(
    idsOf(
      withRuns(pages([run('a', {})]), ['z'], [run('z', { loss: 1 })], { isWhole: false, stage: 'active' }),
    ),
  ).toEqual([['a']])
})

test('does not add a new run while the first page is not loaded', () => {
  const data = { ...pages([run('a', {}, 10)]), pageParams: [{ index: 3, token: 't' }] }
  expect(idsOf(withRuns(data, ['c'], [run('c', {}, 15)], { isWhole: true, stage: 'active' }))).toEqual([
    ['a'],
  ])
})

test('adds keys of new columns to the loaded runs', () => {
  const data = pages([run('a', { loss: 1 }), run('b', {})], [run('c', {})])
  const more = [run('a', { loss: 2, other: 3 }), run('b', { other: 4 })]
  const { pages: filled } = withKeys(data, more, { ...NO_KEYS, metrics: ['other'] })
  expect(filled[0]!.keys.metrics).toEqual(['other'])
  expect(filled[0]!.runs![0]!.data.metrics).toMatchObject([{ key: 'loss', value: 2 }, { key: 'other' }])
  expect(filled[1]).toBe(data.pages[1])
})

test('finds the start of an earlier page', () => {
  const first = { index: 0, token: '' }
  const second = { index: 1, token: 'b', previous: first }
  const third = { index: 2, token: 'c', previous: second }
  expect([startOf(0, third), startOf(1, third), startOf(5, third)]).toEqual([first, second, third])
})

/** A table on screen with one run, and its patcher. */
async function openTable() {
  const client = new QueryClient()
  const queryKey = queryKeys.runs('1', false, '', undefined)
  const observer = new QueryObserver(client, { queryKey, queryFn: () => pages([run('a', {})]) })
  const unsubscribe = observer.subscribe(() => undefined)
  const query = client.getQueryCache().find({ queryKey })!
  await expect.poll(() => query.state.dataUpdateCount).toBe(1)
  const patcher = new RunPatcher(client)
  const change = (run_id: string) => patcher.patch(query, { type: 'run', experiment_id: '1', run_id })
  const close = () => {
    patcher.stop()
    unsubscribe()
    client.clear()
  }
  return { query, change, [Symbol.dispose]: close }
}

test('reads the table again if the changed runs cannot be read', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('unreachable'))
  using table = await openTable()
  expect(table.change('a')).toBe(true)
  await expect.poll(() => table.query.state.dataUpdateCount, { timeout: 5_000 }).toBe(2)
  expect(fetched).toHaveBeenCalledOnce()
  fetched.mockRestore()
})

test('leaves the table to be loaded at its own pace if too many runs have changed', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('unreachable'))
  using table = await openTable()
  const patched = Array.from({ length: 201 }, (_, i) => table.change(`run-${i}`))
  expect(patched).toEqual([...Array(200).fill(true), false])
  expect(table.change('later')).toBe(true)
  await expect.poll(() => fetched.mock.calls.length, { timeout: 5_000 }).toBe(1)
  expect(JSON.parse(String(fetched.mock.calls[0]![1]!.body)).run_ids).toEqual(['later'])
  fetched.mockRestore()
})
