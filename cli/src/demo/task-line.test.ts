import type { TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { expect, test } from 'vitest'
import { taskLine } from './task-line.js'

const task = (change: Partial<TaskProgress>): TaskProgress => ({
  task_key: 'import',
  task_run_id: 1,
  state: 'RUNNING',
  attempt: 1,
  depends_on: [],
  started_at: 1_000,
  ...change,
})

test('shows a bar, the rate and the time of a running task', () => {
  const line = taskLine(task({ progress: { done: 50_000, total: 100_000, unit: 'rows' } }), 3_000, 8)
  expect(line).toBe('import    ━━━━━━━━━╌╌╌╌╌╌╌╌╌ 50.0k/100.0k rows  25.0k rows/s  2.0 s')
})

test('shows control characters of the messages of a task', () => {
  const line = taskLine(task({ progress: { done: 1, message: 'a\n\u001b[2Jb' } }), 1_000, 6)
  expect(line).toContain('a\\n\\u001b[2Jb')
})

test('shows the dependencies of a waiting task, the error of a failed one and the last message of a finished one', () => {
  expect(
    taskLine({ ...task({ state: 'BLOCKED', depends_on: ['govern'] }), started_at: undefined } as never, 0, 6),
  ).toBe('import  after govern')
  expect(
    taskLine(
      task({ state: 'TERMINATED', result: 'FAILED', message: 'no such file', ended_at: 2_500 }),
      9_000,
      6,
    ),
  ).toBe('import  no such file  1.5 s')
  expect(
    taskLine(
      task({
        state: 'TERMINATED',
        result: 'SUCCESS',
        progress: { done: 1, message: '100,004 ratings' },
        ended_at: 2_500,
      }),
      9_000,
      6,
    ),
  ).toBe('import  100,004 ratings  1.5 s')
})

test('names the run whose result a task took over', () => {
  const origin = { kind: 'CACHED', run_id: 12, task_run_id: 13 }
  const line = taskLine(task({ state: 'TERMINATED', result: 'SUCCESS', origin, ended_at: 1_000 }), 9_000, 6)
  expect(line).toBe('import  cached from run 12  0.0 s')
})
