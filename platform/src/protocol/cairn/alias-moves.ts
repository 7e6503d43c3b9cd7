import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { READ_MODELS } from '../rights.js'
import { Int64, Required } from '../wire.js'

export const AliasMove = Type.Object({
  alias: Type.String(),
  /** Absent when the alias was deleted. */
  version: Type.Optional(Type.String()),
  moved_at: Int64(),
})
export type AliasMove = Static<typeof AliasMove>

export const ListAliasMoves = operation({
  id: 'listAliasMoves',
  method: 'GET',
  path: '/api/cairn/v1/registered-models/{name}/alias-moves',
  summary: 'List the last 1,000 moves of the aliases of a model, newest first',
  right: READ_MODELS,
  input: Type.Object({ name: Required() }),
  output: Type.Object({ moves: Type.Array(AliasMove) }),
})
