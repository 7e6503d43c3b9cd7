import { expect, test } from 'vitest'
import type { JobRunProgress, TaskProgress } from '../api/jobs.js'
import { progressText, ticksOf, timelineOf } from './timeline.js'

const aTask = (task_key: string, shape: Partial<TaskProgress> = {}): TaskProgress => ({
  task_key,
  task_run_id: 1,
  state: 'TERMINATED',
  attempt: 0,
  depends_on: [],
  ...shape,
})

const aJobRun = (tasks: TaskProgress[], shape: Partial<JobRunProgress> = {}): JobRunProgress => ({
  run_id: 1,
  permission_level: 'CAN_VIEW',
  state: 'RUNNING',
  tasks,
  ...shape,
})

test('positions bars in percent of the duration of the run', () => {
  const run = aJobRun(
    [aTask('a', { started_at: 1_000, ended_at: 2_000 }), aTask('b', { started_at: 2_000, ended_at: 5_000 })],
    { started_at: 1_000, ended_at: 5_000 },
  )
  const { span, bars } = timelineOf(run, 9_000)
  expect(span).toBe(4_000)
  expect(bars.map(({ left, width }) => [left, width])).toEqual([
    [0, 25],
    [25, 75],
  ])
})

test('extends a running task to now with its progress and draws no bar for a waiting task', () => {
  const running = aTask('a', { state: 'RUNNING', started_at: 1_000, progress: { done: 3, total: 4 } })
  const { bars } = timelineOf(aJobRun([running, aTask('b', { state: 'BLOCKED' })], { started_at: 0 }), 2_000)
  expect(bars[0]).toMatchObject({ left: 50, width: 50, done: 0.75 })
  expect(bars[1]?.left).toBeUndefined()
})

test('has a timeline for a run that has not started', () => {
  expect(timelineOf(aJobRun([aTask('a', { state: 'QUEUED' })]), 5).bars).toHaveLength(1)
})

test('chooses a few round ticks', () => {
  expect(ticksOf(4_300)).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  for (const span of [1, 7, 950, 61_000, 3_600_000]) expect(ticksOf(span).length).toBeLessThanOrEqual(11)
})

test('formats the progress that a task reports', () => {
  const text = (progress: NonNullable<TaskProgress['progress']>) =>
    progressText(progress, (value) => String(value))
  expect(text({ done: 5, total: 10, unit: 'ratings', message: 'reading' })).toBe('5 / 10 ratings · reading')
  expect(text({ done: 0, message: 'starting' })).toBe('starting')
})
