import Type from 'typebox'
import { operation } from './operation.js'
import { AnyJson, Empty } from './wire.js'

export const SetTaskValue = operation({
  id: 'setTaskValue',
  method: 'POST',
  path: '/api/cairn/v1/task-values',
  summary: 'Set a value of the running task whose token calls: at most 48 KiB of JSON, 250 values',
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
  summary: 'List the values of the tasks before the running task whose token calls',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({}),
  output: Type.Object({ tasks: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())) }),
})
