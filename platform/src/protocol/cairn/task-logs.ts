import Type from 'typebox'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { READ_JOBS } from '../rights.js'
import { Int64 } from '../wire.js'

export const LogLine = Type.Object({
  /** The number of the line over all attempts of the task, from 0. */
  line: Int64(),
  time: Int64(),
  attempt: Int64(),
  /** `setup` for the preparation of a process, otherwise `info`, `warn` or `error`. */
  level: Type.String(),
  message: Type.String(),
})

export const GetTaskLogs = operation({
  id: 'getTaskLogs',
  method: 'GET',
  path: '/api/cairn/v1/job-runs/{run_id}/tasks/{task_key}/logs',
  summary: 'Get the log lines of a task from `offset`; continue at `next_offset` while the task is running',
  right: READ_JOBS,
  input: Type.Object({
    run_id: Id(),
    task_key: Type.String(),
    /** The number of an iteration of a loop, from 0. */
    iteration: Type.Optional(Type.Integer({ minimum: 0 })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
  }),
  output: Type.Object({ lines: Type.Array(LogLine), next_offset: Int64(), ended: Type.Boolean() }),
})
