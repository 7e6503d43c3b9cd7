import Type from 'typebox'
import { operation } from '../operation.js'
import { AnyJson, Empty, Required } from '../wire.js'

export const SetTaskValue = operation({
  id: 'setTaskValue',
  method: 'POST',
  path: '/api/cairn/v1/task-values',
  summary:
    'Set a value of the running task whose token calls: at most 48 KiB of JSON, 250 values, 256 KiB in all',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({
    key: Type.String({ pattern: '^[\\w.-]{1,250}$', message: "letters, digits, '_', '-' and '.'" }),
    value: Type.Optional(AnyJson()),
  }),
  output: Empty,
})

export const ListTaskValues = operation({
  id: 'listTaskValues',
  method: 'GET',
  path: '/api/cairn/v1/task-values',
  summary: 'List the values, or one value, of a task before the running task whose token calls',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({ task_key: Required(), key: Type.Optional(Type.String()) }),
  output: Type.Object({ values: Type.Record(Type.String(), Type.Unknown()) }),
})
