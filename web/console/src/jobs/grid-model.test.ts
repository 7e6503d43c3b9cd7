import { expect, test } from 'vitest'
import type { GridRun } from '../api/jobs.js'
import { gridOf, legendOf } from './grid-model.js'

const run = (run_id: number, ...keys: string[]): GridRun => ({
  ...{
    run_id,
    number_in_job: run_id,
    start_time: 0,
    state: 'TERMINATED',
    result: 'SUCCESS',
    trigger: 'ONE_TIME',
  },
  ...{ started_at: 0, ended_at: run_id * 1_000 },
  tasks: keys.map((task_key) => ({ task_key, attempt: 1, state: 'TERMINATED', result: 'SUCCESS' })),
})

test('has a column for each run, the newest last, and a row for each task, removed ones last', () => {
  const { runs, rows, longest } = gridOf([run(2, 'a', 'b'), run(1, 'old', 'a')], ['a', 'b'])
  expect(runs.map(({ run_id }) => run_id)).toEqual([1, 2])
  expect(rows.map(({ key, cells }) => [key, cells.map((cell) => cell?.task_key)])).toEqual([
    ['a', ['a', 'a']],
    ['b', [undefined, 'b']],
    ['old', ['old', undefined]],
  ])
  expect(longest).toBe(2_000)
})

test('the legend has each state and way of reuse once, and no state of a reused result', () => {
  const failed = { ...run(1, 'a'), tasks: [{ ...run(1, 'a').tasks[0]!, result: 'FAILED' }] }
  const origin = { kind: 'CACHED', run_id: 1, task_run_id: 9 }
  const reused = { ...run(2, 'a'), tasks: run(2, 'a', 'b').tasks.map((task) => ({ ...task, origin })) }
  expect(legendOf([failed, failed])).toEqual({ states: ['FAILED'], origins: [] })
  expect(legendOf([reused, failed])).toEqual({ states: ['FAILED'], origins: ['CACHED'] })
})
