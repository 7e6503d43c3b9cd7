import { expect, test } from 'vitest'
import { RequestError } from '../../api/http.js'
import { valueAt, withValue } from './path.js'
import { fieldError } from './problems.js'

const SETTINGS = {
  tasks: [
    { task_key: 'a', sql_task: { query: { query_text: 'select 1' } } },
    { task_key: 'b', shell_task: { script: 'true' } },
  ],
}

test('changes a place, keeps the rest, and removes what becomes empty', () => {
  const path = ['tasks', 0, 'sql_task', 'query', 'query_text']
  const changed = withValue(SETTINGS, path, 'select 2')
  expect(valueAt(changed, path)).toBe('select 2')
  expect(changed.tasks[1]).toBe(SETTINGS.tasks[1])
  expect(withValue(SETTINGS, path, undefined).tasks[0]).toEqual({ task_key: 'a' })
  expect(withValue({}, ['schedule', 'timezone_id'], 'UTC')).toEqual({ schedule: { timezone_id: 'UTC' } })
})

test.each([
  ["Missing value for required parameter 'tasks[0].task_key'.", 'tasks[0].task_key'],
  [
    "Missing value for required parameter 'new_settings.tasks[1].sql_task.file.path'.",
    'tasks[1].sql_task.file.path',
  ],
  ["schedule.timezone_id: 'Mars' is not a time zone", 'schedule.timezone_id'],
  ["tasks: 'b': shell_task: pass either script or file.", 'tasks[1]'],
  ["tasks: 'b': shell_task.source: GIT is not supported.", 'tasks[1].shell_task.source'],
  ["tasks: the key 'b' is used twice.", 'tasks[1].task_key'],
  ["tasks: 'b' depends on 'z', which does not exist.", 'tasks[1]'],
  ['tasks: a job needs at least one task.', 'tasks'],
  ["parameters: 'x' is defined twice.", 'parameters'],
])('%s is shown at %s', (message, path) => {
  expect(fieldError(new RequestError(400, 'INVALID_PARAMETER_VALUE', message), SETTINGS)).toEqual({
    [path]: message,
  })
})

test('an error that names no field is shown for the whole form', () => {
  expect(fieldError(new RequestError(403, 'PERMISSION_DENIED', 'No.'), SETTINGS)).toBeUndefined()
  expect(fieldError(new RequestError(500, 'INTERNAL_ERROR', 'name: no'), SETTINGS)).toBeUndefined()
})
