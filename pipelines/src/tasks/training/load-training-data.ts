import { DIGEST_PROPERTY, openTable, VERSION_PROPERTY } from '@cairn/platform/tables/governed-table'
import { digestTable, readColumns } from '@cairn/platform/tables/read'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import type { ItemFacts } from '@cairn/recommenders/data/item-facts'
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
  const { client, blobs, request } = context
  const { schema } = request
  const name = `${schema}.ratings`
  const { info, key } = await openTable(client, blobs, name)
  const columns = ['user_id', 'movie_id', 'rating', 'rated_at']
  const ratings = await readColumns(blobs, key, { columns })
  const column = (name: string) => ratings.columns.get(name)!.values as ArrayLike<number>
  const interactions = buildInteractions(
    {
      users: column('user_id'),
      items: column('movie_id'),
      times: column('rated_at'),
      values: column('rating'),
    },
    'hash', // MovieLens' files are sorted by film.
  )
  const knownDigest =
    info.properties[VERSION_PROPERTY] === String(ratings.version)
      ? info.properties[DIGEST_PROPERTY]
      : undefined
  const digest = knownDigest ?? (await digestTable(blobs, key, { version: ratings.version })).digest
  const facts = await loadFacts(context, interactions)
  return { interactions, facts, name, digest, rows: ratings.rows, location: info.storage_location }
}

const FACTS = ['movie_id', 'title', 'genres', 'year', 'imdb_rating', 'imdb_votes']

/** The features of each film, in the order of the interactions' items. */
async function loadFacts(
  { client, blobs, request }: TrainingContext,
  { items }: Interactions,
): Promise<ItemFacts> {
  const { info, key } = await openTable(client, blobs, `${request.schema}.features`)
  const columns = FACTS.filter((name) => info.columns?.some((column) => column.name === name))
  const features = await readColumns(blobs, key, { columns })
  const values = (name: string) => features.columns.get(name)!.values
  const rowOf = new Map(Array.from(values('movie_id') as Int32Array, (id, row) => [id, row]))
  const rows = items.ids.map((id) => rowOf.get(id as number))
  const text = (name: string) =>
    rows.map((row) => (row === undefined ? '' : ((values(name)[row] as string | null) ?? '')))
  const number = (name: string) =>
    Float64Array.from(rows, (row) => Number((row === undefined ? null : values(name)[row]) ?? Number.NaN))
  return {
    titles: text('title'),
    genres: text('genres'),
    years: number('year'),
    ...(columns.includes('imdb_rating') && {
      imdbRatings: number('imdb_rating'),
      imdbVotes: number('imdb_votes'),
    }),
  }
}
