import { ApiError, invalid } from '@cairn/platform/errors'
import {
  DIGEST_PROPERTY,
  type OpenedTable,
  openTable,
  VERSION_PROPERTY,
} from '@cairn/platform/tables/governed-table'
import { digestTable } from '@cairn/platform/tables/read'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import type { ItemFacts } from '@cairn/recommenders/data/item-facts'
import { type ColumnNames, TrainingColumns } from './training-columns.js'
import type { TrainingContext } from './training-context.js'

export interface TrainingData {
  readonly interactions: Interactions
  /** Facts of the rated films; models do not know the others. */
  readonly facts: ItemFacts
  readonly name: string
  /** A digest of the ratings. */
  readonly digest: string
  readonly rows: number
  readonly location: string
}

/**
 * Reads ratings and features as the task's principal, with access checks of the catalog. Takes seconds of computation for
 * millions of rows: run it in a separate process.
 */
export async function loadTrainingData(context: TrainingContext): Promise<TrainingData> {
  const { blobs, request } = context
  const { schema } = request
  const name = `${schema}.ratings`
  const table = await open(context, name, RATINGS)
  const ratings = await TrainingColumns.read(blobs, name, table, RATINGS)
  if (ratings.rows === 0) throw invalid(`Table '${name}' has no rows to train on.`)
  const interactions = buildInteractions(
    {
      users: ratings.ids('user_id'),
      items: ratings.ids('movie_id'),
      times: ratings.times('rated_at'),
      ...(ratings.has('rating') && { values: ratings.finiteNumbers('rating') }),
    },
    'hash', // MovieLens' files are sorted by film.
  )
  const { info, key } = table
  const knownDigest =
    info.properties[VERSION_PROPERTY] === String(ratings.version)
      ? info.properties[DIGEST_PROPERTY]
      : undefined
  const digest = knownDigest ?? (await digestTable(blobs, key, { version: ratings.version })).digest
  const facts = await loadFacts(context, interactions)
  return { interactions, facts, name, digest, rows: ratings.rows, location: info.storage_location }
}

const RATINGS: ColumnNames = { required: ['user_id', 'movie_id', 'rated_at'], optional: ['rating'] }
const FACTS: ColumnNames = {
  required: ['movie_id'],
  optional: ['title', 'genres', 'year', 'imdb_rating', 'imdb_votes'],
}

const open = (
  { client, blobs }: TrainingContext,
  name: string,
  { required, optional = [] }: ColumnNames,
): Promise<OpenedTable> =>
  openTable(client, blobs, name).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'TABLE_NOT_FOUND') throw error
    throw new ApiError(
      'TABLE_NOT_FOUND',
      `Table '${name}' does not exist, or you may not see it. Training needs it with ${required.join(', ')}; optional: ${optional.join(', ')}.`,
      { cause: error },
    )
  })

/** The features of each film, in the order of the interactions' items. */
async function loadFacts(context: TrainingContext, { items }: Interactions): Promise<ItemFacts> {
  const { blobs, request } = context
  const name = `${request.schema}.features`
  const table = await open(context, name, FACTS)
  const features = await TrainingColumns.read(blobs, name, table, FACTS)
  // As in requests to a model, 7 and '7' are the same id.
  const rowOf = new Map(Array.from(features.ids('movie_id'), (id, row) => [String(id), row]))
  const rows = items.ids.map((id) => rowOf.get(String(id)))
  const of = <T>(column: string, read: (row: number) => T, absent: T) =>
    rows.map((row) => (row === undefined || !features.has(column) ? absent : read(row)))
  const text = (column: string) => of(column, (row) => features.text(column, row), '')
  const number = (column: string) =>
    Float64Array.from(of(column, (row) => features.number(column, row), Number.NaN))
  return {
    titles: text('title'),
    genres: text('genres'),
    years: number('year'),
    ...(features.has('imdb_rating') && {
      imdbRatings: number('imdb_rating'),
      imdbVotes: number('imdb_votes'),
    }),
  }
}
