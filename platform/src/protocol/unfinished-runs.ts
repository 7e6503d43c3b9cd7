import Type from 'typebox'
import { operation } from './operation.js'
import { Int64, OneOf, Required } from './wire.js'

/** Called by the engine of jobs, which knows the tokens of tasks. */
export const EndRunsOfToken = operation({
  id: 'endRunsOfToken',
  method: 'POST',
  path: '/api/cairn/v1/runs/end-of-token',
  summary:
    'End the unfinished runs that a token created and nobody else continued, as those of a killed task',
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Type.Object({
    token_id: Required({ maxLength: 100 }),
    status: OneOf(['FAILED', 'KILLED']),
    end_time: Int64(),
  }),
  output: Type.Object({ run_ids: Type.Array(Type.String()) }),
})
