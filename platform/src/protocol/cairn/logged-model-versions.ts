import Type from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required } from '../wire.js'

export const NoteLoggedModelVersion = operation({
  id: 'noteLoggedModelVersion',
  method: 'POST',
  path: '/api/cairn/v1/logged-models/{model_id}/versions',
  summary: 'Record in a tag of a logged model which registered version contains it; idempotent',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ model_id: Required(), name: Required(), version: Int64({ minimum: 1 }) }),
  output: Empty,
})
