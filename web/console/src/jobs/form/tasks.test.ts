import { expect, test } from 'vitest'
import { newTask, renameTask, withKind, withoutTask } from './tasks.js'

const A = { task_key: 'a', shell_task: { script: 'true' } }
const B = { task_key: 'b', depends_on: [{ task_key: 'a', outcome: 'true' }], shell_task: { script: 'true' } }

test('a new task has a free key and runs after the last one', () => {
  expect(newTask([A, { ...B, task_key: 'task_3' }])).toMatchObject({
    task_key: 'task_4',
    depends_on: [{ task_key: 'task_3' }],
  })
})

test('dependencies follow a new key, and end with the task', () => {
  expect(renameTask([A, B], 0, 'c')[1]).toMatchObject({ depends_on: [{ task_key: 'c', outcome: 'true' }] })
  expect(withoutTask([A, B], 0)).toEqual([{ task_key: 'b', shell_task: { script: 'true' } }])
})

test('another kind keeps what is common', () => {
  expect(withKind({ ...B, max_retries: 2 }, 'condition_task')).toEqual({
    task_key: 'b',
    depends_on: B.depends_on,
    max_retries: 2,
    condition_task: { op: 'EQUAL_TO', left: '', right: '' },
  })
})
