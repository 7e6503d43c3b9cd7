import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { OneOf, Required } from '../wire.js'

export const SEARCHED_KINDS = [
  'experiment',
  'run',
  'logged_model',
  'trace',
  'model',
  'version',
  'prompt',
  'endpoint',
  'job',
  'job_run',
  'catalog',
  'schema',
  'table',
  'volume',
  'report',
] as const
export const SearchedKind = OneOf(SEARCHED_KINDS)
export type SearchedKind = (typeof SEARCHED_KINDS)[number]

/** An object that a search found. */
export const SearchHit = Type.Object({
  kind: SearchedKind,
  /** The id in the API: the name of models, prompts and endpoints, the full name of tables, and the number of a version. */
  id: Type.String(),
  /** The name of the object; for a version that of its model. */
  name: Type.String(),
  experiment_id: Type.Optional(Type.String()),
  /** The name of its experiment. */
  experiment: Type.Optional(Type.String()),
})
export type SearchHit = Static<typeof SearchHit>

export const Search = operation({
  id: 'search',
  method: 'GET',
  path: '/api/cairn/v1/search',
  summary: 'Find objects by the words of their names, and by their ids; only those that the caller may read',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({
    query: Required({ maxLength: 200, description: 'Words, the beginning of words, or an id' }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, description: 'Of each kind; default 5' })),
  }),
  /** The best hit of each kind first: names that equal the query, then those that begin with it, then all others. */
  output: Type.Object({ hits: Type.Array(SearchHit) }),
})
