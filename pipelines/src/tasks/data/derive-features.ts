import { readDelta } from '@cairn/platform/tables/delta'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { type OpenedTable, openTable, openWriteTarget, publish } from '@cairn/platform/tables/governed-table'
import { scanDelta } from '@cairn/platform/tables/scan'
import { writeTable } from '@cairn/platform/tables/write'
import type { TaskContext, TaskValues } from '../../task-kinds/task.js'

/** Present if the import joined IMDb. */
const IMDB = ['imdb_rating', 'imdb_votes']

/** Keeps unrated films, because content-based models can recommend them. */
const featuresSql = (ratings: string, movies: string, extra: readonly string[]) => `
  select m.movie_id, m.title, m.year, array_to_string(m.genres, '|') as genres,
    ${extra.map((name) => `any_value(m.${name}) as ${name}, `).join('')}
    count(r.rating) as n_ratings, avg(r.rating) as mean_rating,
    min(r.rated_at) as first_rated_at, max(r.rated_at) as last_rated_at
  from ${movies} m left join ${ratings} r on r.movie_id = m.movie_id
  group by m.movie_id, m.title, m.year, m.genres
  order by m.movie_id`

export async function deriveFeatures(context: TaskContext, schema: string): Promise<TaskValues> {
  const { client, services, signal, log } = context
  const { blobs } = services
  const ratings = await openTable(client, blobs, `${schema}.ratings`)
  const movies = await openTable(client, blobs, `${schema}.movies`)
  const relation = async ({ key }: OpenedTable) => scanDelta(blobs, key, await readDelta(blobs, key))
  const imdb = IMDB.filter((name) => movies.info.columns?.some((column) => column.name === name))
  const select = featuresSql(await relation(ratings), await relation(movies), imdb)
  const target = await openWriteTarget(client, blobs, `${schema}.features`)
  const written = await withDuckDb(
    (connection) => writeTable(blobs, target.key, { connection, select, signal, mode: 'overwrite' }),
    {
      signal,
      onProgress: (share) =>
        context.progress({ done: Math.round(100 * share), total: 100, unit: '%', message: 'counting' }),
    },
  )
  context.progress({ done: written.rows, total: written.rows, unit: 'rows', message: target.fullName })
  const comment = 'Features of each film: title, genres, number and mean of its ratings'
  await publish(client, target, written, { comment, source: `${schema}.ratings, ${schema}.movies` })
  log.info(`${written.rows} films in ${target.fullName}`)
  return { table: target.fullName, rows: written.rows, digest: written.digest }
}
