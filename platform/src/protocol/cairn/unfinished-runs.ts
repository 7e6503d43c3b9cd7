import Type from 'typebox'
import { operation } from '../operation.js'
import { Int64, OneOf, Required } from '../wire.js'

/** Called by the engine of jobs, which knows the tokens of tasks. */
export const EndRunsOfTokens = operation({
  id: 'endRunsOfTokens',
  method: 'POST',
  path: '/api/cairn/v1/runs/end-of-tokens',
  summary: 'End the unfinished runs that tokens of tasks created and nobody else continued',
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Type.Object({
    token_ids: Type.Array(Required({ maxLength: 100 }), { minItems: 1, maxItems: 1000 }),
    status: OneOf(['FINISHED', 'FAILED', 'KILLED']),
    end_time: Int64(),
  }),
  output: Type.Object({ run_ids: Type.Array(Type.String()) }),
})
