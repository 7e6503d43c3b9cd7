import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { invalid } from '@cairn/platform/errors'
import { collectColumn, columnReader } from '@cairn/platform/tables/column-vector'
import type { DeltaType } from '@cairn/platform/tables/columns'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import type { ItemFacts } from '@cairn/recommenders/data/item-facts'
import { readPairs } from '@cairn/recommenders/data/read-pairs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { type LandedFile, landFile } from '../movielens/landing.js'
import { layoutsOf } from '../movielens/layouts.js'
import { Progress } from '../movielens/progress.js'
import { Rejects } from '../movielens/rejects.js'
import { openSource, type Source } from '../movielens/source.js'

export interface LoadedEvents {
  /** The name of the data set, usable in file names. */
  readonly name: string
  readonly interactions: Interactions
  readonly facts?: ItemFacts
}

const RATINGS = /^(ratings\.(csv|dat)|u\.data)$/

/**
 * Loads events from a zip or folder of any MovieLens edition, or from a file of "user item" lines in time order, plain or
 * gzipped.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file, for anything else
 */
export async function loadEvents(path: string): Promise<LoadedEvents> {
  const status = await stat(path).catch((cause) => {
    throw invalid(`'${path}' does not exist or cannot be read.`, { cause })
  })
  if (status.isDirectory() || path.endsWith('.zip')) return loadMovieLens(path)
  if (RATINGS.test(basename(path))) return loadMovieLens(dirname(resolve(path)))
  return { name: basename(path).replace(/\.(txt|csv|tsv)?(\.gz)?$/, ''), interactions: await readPairs(path) }
}

async function loadMovieLens(path: string): Promise<LoadedEvents> {
  const source = await openSource(path, new Progress())
  const scratch = await mkdtemp(join(tmpdir(), 'cairn-events-'))
  try {
    return await withDuckDb(async (connection) => {
      const landed = await landRatings(connection, source, scratch)
      const interactions = await interactionsOf(connection, landed.get('ratings')!)
      const movies = landed.get('movies')
      const facts = movies && (await factsOf(connection, movies, interactions))
      const name = source.folder || basename(path).replace(/\.zip$/, '')
      return { name, interactions, ...(facts && { facts }) }
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
    await source.close()
  }
}

async function landRatings(connection: DuckDBConnection, { files }: Source, scratch: string) {
  const openRejects = async () => DiskBlobs.open(await mkdtemp(join(tmpdir(), 'cairn-rejects-')))
  const rejects = new Rejects(openRejects, 'events')
  const landed = new Map<string, LandedFile>()
  for (const layout of layoutsOf(files)) {
    const path = files.get(layout.file)
    if (!path || (layout.table !== 'ratings' && layout.table !== 'movies')) continue
    landed.set(
      layout.table,
      await landFile(connection, path, layout, scratch, { progress: new Progress(), rejects }),
    )
  }
  return landed
}

async function interactionsOf(
  connection: DuckDBConnection,
  { select, rows }: LandedFile,
): Promise<Interactions> {
  const wanted = { user_id: 'integer', movie_id: 'integer', rating: 'float', rated_at: 'timestamp' } as const
  const columns = await columnsOf(connection, select, wanted, rows)
  const column = (name: keyof typeof wanted) => columns[name] as ArrayLike<number>
  return buildInteractions(
    {
      users: column('user_id'),
      items: column('movie_id'),
      values: column('rating'),
      times: column('rated_at'),
    },
    'hash', // MovieLens' files are sorted by film.
  )
}

async function factsOf(
  connection: DuckDBConnection,
  { select, rows }: LandedFile,
  { items }: Interactions,
): Promise<ItemFacts> {
  const flat = `select movie_id, title, coalesce(year, 0) as year, array_to_string(genres, '|') as genres from (${select})`
  const wanted = { movie_id: 'integer', title: 'string', year: 'integer', genres: 'string' } as const
  const columns = await columnsOf(connection, flat, wanted, rows)
  const rowOf = new Map(Array.from(columns.movie_id as Int32Array, (id, row) => [id, row]))
  const text = (name: 'title' | 'genres') =>
    items.ids.map((id) => String(columns[name][rowOf.get(id as number) ?? -1] ?? ''))
  const year = (id: unknown) => Number(columns.year[rowOf.get(id as number) ?? -1] ?? 0) || Number.NaN
  return { titles: text('title'), genres: text('genres'), years: Float64Array.from(items.ids, year) }
}

/** Reads columns of a relation as arrays, in the order of its rows. */
async function columnsOf<Name extends string>(
  connection: DuckDBConnection,
  relation: string,
  wanted: Readonly<Record<Name, DeltaType>>,
  rows: number,
): Promise<Record<Name, ArrayLike<unknown>>> {
  const names = Object.keys(wanted) as Name[]
  const readers = names.map((name) => columnReader(wanted[name]))
  const collectors = readers.map((reader) => collectColumn(reader, rows))
  const selected = names.map((name, n) => `${readers[n]!.select(name)} as ${name}`).join(', ')
  for await (const chunk of await connection.stream(`select ${selected} from (${relation})`))
    for (const [n, collector] of collectors.entries())
      collector.take(chunk.getColumnVector(n), chunk.rowCount)
  const columns = {} as Record<Name, ArrayLike<unknown>>
  for (const [n, name] of names.entries()) columns[name] = collectors[n]!.finish().values
  return columns
}
