import { expect, test } from 'vitest'
import type { RunPage } from '../api/runs.js'
import { aRun } from '../testing/fixtures.js'
import { withRuns } from './patch-runs.js'

const run = (run_id: string, metrics: Record<string, number>, start_time = 0) =>
  aRun({ info: { run_id, start_time }, metrics })
const pages = (...lists: RunPage['runs'][]) => ({
  pages: lists.map((runs) => ({ runs })) as RunPage[],
  pageParams: lists.map(() => ''),
})
const idsOf = (data: ReturnType<typeof pages>) =>
  data.pages.map((page) => page.runs?.map(({ info }) => info.run_id))

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
