import { expect, test } from 'vitest'
import { misshapenSetting } from './settings-shape.js'
import { NEW_JOB } from './tasks.js'

const TASK = { task_key: 'a', shell_task: { script: 'true' } }

test.each([
  [{}],
  [NEW_JOB],
  [{ tasks: null }],
  [{ tasks: [{ ...TASK, depends_on: [{ task_key: 'b' }] }], tags: { a: '1' }, other: 7 }],
  [{ tasks: [{ task_key: 'a', for_each_task: { inputs: '[]', task: TASK } }] }],
])('%j can be shown', (settings) => {
  expect(misshapenSetting(settings)).toBeUndefined()
})

test.each([
  [{ tasks: 'abc' }, 'tasks'],
  [{ tasks: [1] }, 'tasks'],
  [{ tasks: [{ shell_task: {} }] }, 'tasks'],
  [{ tasks: [{ ...TASK, depends_on: 'b' }] }, 'tasks'],
  [{ tasks: [{ task_key: 'a', for_each_task: { inputs: '[]' } }] }, 'tasks'],
  [{ tasks: [{ task_key: 'a', for_each_task: { sweep: { parameters: 1 }, task: TASK } }] }, 'tasks'],
  [{ tasks: [TASK], files: { 'a.py': 1 } }, 'files'],
  [{ parameters: ['a'] }, 'parameters'],
  [{ schedule: {} }, 'schedule'],
])('%j cannot be shown', (settings, setting) => {
  expect(misshapenSetting(settings)).toBe(setting)
})
