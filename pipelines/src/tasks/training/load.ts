import { digestTable, readColumns } from '@cairn/platform/tables/read'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import type { ItemFacts } from '@cairn/recommenders/data/item-facts'
import type { TaskContext } from '../../engine/task.js'
import { DIGEST, openTable, VERSION } from '../data/governed-table.js'

export interface TrainingData {
  readonly interactions: Interactions
  /** Of the rated films: no model knows the others. */
  readonly facts: ItemFacts
  readonly name: string
  /** Names the rows of the ratings. */
  readonly digest: string
  readonly rows: number
  readonly location: string
}

/** Reads ratings and features as the task's principal, through the catalog's decision. */
export async function loadTrainingData(context: TaskContext, schema: string): Promise<TrainingData> {
  const { client, services, signal } = context
  const name = `${schema}.ratings`
  const { info, key } = await openTable(client, services.blobs, name)
  const columns = ['user_id', 'movie_id', 'rating', 'rated_at']
  const ratings = await readColumns(services.blobs, key, { columns, signal })
  const column = (of: string) => ratings.columns.get(of)!.values as ArrayLike<number>
  const interactions = buildInteractions(
    {
      users: column('user_id'),
      items: column('movie_id'),
      times: column('rated_at'),
      values: column('rating'),
    },
    'hash', // MovieLens' files are sorted by film
  )
  const known = info.properties[VERSION] === String(ratings.version) ? info.properties[DIGEST] : undefined
  const digest =
    known ?? (await digestTable(services.blobs, key, { version: ratings.version, signal })).digest
  const facts = await loadFacts(context, schema, interactions)
  return { interactions, facts, name, digest, rows: ratings.rows, location: info.storage_location }
}

const FACTS = ['movie_id', 'title', 'genres', 'year', 'imdb_rating', 'imdb_votes']

/** What the feature table knows of each film, in the order of the interactions' ids. */
async function loadFacts(context: TaskContext, schema: string, { items }: Interactions): Promise<ItemFacts> {
  const { client, services, signal } = context
  const { info, key } = await openTable(client, services.blobs, `${schema}.features`)
  const columns = FACTS.filter((name) => info.columns?.some((column) => column.name === name))
  const features = await readColumns(services.blobs, key, { columns, signal })
  const values = (of: string) => features.columns.get(of)!.values
  const rowOf = new Map(Array.from(values('movie_id') as Int32Array, (id, row) => [id, row]))
  const rows = items.ids.map((id) => rowOf.get(id as number))
  const text = (of: string) =>
    rows.map((row) => (row === undefined ? '' : ((values(of)[row] as string | null) ?? '')))
  const number = (of: string) =>
    Float64Array.from(rows, (row) => Number((row === undefined ? null : values(of)[row]) ?? Number.NaN))
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
