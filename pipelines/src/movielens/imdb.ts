import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { sqlText } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection } from '@duckdb/node-api'
import { firstLine } from './header.js'
import { ImportPaths } from './import-paths.js'
import { countRows, csvSource, type LandedFile } from './landing.js'
import type { Progress } from './progress.js'
import type { Rejects } from './rejects.js'

/** One IMDb table, with the columns and rows to keep. `imdb_wanted` contains the films that MovieLens links to. */
interface ImdbFile {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly select: string
}

const imdbFile = (name: string, table: string, columns: readonly string[], select: string): ImdbFile => ({
  name,
  table,
  columns,
  select,
})
const IS_WANTED = 'tconst in (select tconst from imdb_wanted)'

const FILES: readonly ImdbFile[] = [
  imdbFile(
    'title.basics',
    'imdb_basics',
    ['tconst', 'titleType', 'originalTitle', 'startYear', 'runtimeMinutes'],
    `tconst, titleType as title_type, originalTitle as original_title, try_cast(startYear as integer) as start_year,
     try_cast(runtimeMinutes as integer) as runtime_minutes from source where ${IS_WANTED}`,
  ),
  imdbFile(
    'title.ratings',
    'imdb_ratings',
    ['tconst', 'averageRating', 'numVotes'],
    `tconst, try_cast(averageRating as double) as imdb_rating, try_cast(numVotes as integer) as imdb_votes
     from source where ${IS_WANTED}`,
  ),
  imdbFile(
    'title.crew',
    'imdb_crew',
    ['tconst', 'directors'],
    `tconst, unnest(string_split(directors, ',')) as nconst,
     generate_subscripts(string_split(directors, ','), 1) as place from source where ${IS_WANTED}`,
  ),
  imdbFile(
    'name.basics',
    'imdb_names',
    ['nconst', 'primaryName'],
    'nconst, primaryName as name from source where nconst in (select nconst from imdb_crew)',
  ),
  imdbFile(
    'title.akas',
    'imdb_akas',
    ['titleId', 'ordering', 'title', 'region'],
    `titleId as tconst, arg_min(title, try_cast(ordering as integer)) as title_ko from source
     where region = 'KR' and titleId in (select tconst from imdb_wanted) group by titleId`,
  ),
]

/** Columns of empty tables for missing IMDb files, so that the joined columns exist and are null. */
const EMPTY: Readonly<Record<string, string>> = {
  imdb_basics:
    'tconst varchar, title_type varchar, original_title varchar, start_year integer, runtime_minutes integer',
  imdb_ratings: 'tconst varchar, imdb_rating double, imdb_votes integer',
  imdb_crew: 'tconst varchar, nconst varchar, place bigint',
  imdb_names: 'nconst varchar, name varchar',
  imdb_akas: 'tconst varchar, title_ko varchar',
}

/**
 * Joins IMDb's tables (a folder of `title.basics.tsv[.gz]`, `title.ratings`, `title.crew` with `name.basics`, and
 * `title.akas` for Korean titles) to the movies, through their links. All title types are joined, because MovieLens
 * includes shorts and television. IMDb's files are unquoted: `"` is literal, `\N` is null.
 *
 * @returns the SELECT of the enriched movies
 * @throws INVALID_PARAMETER_VALUE naming the folder, file or column that is missing
 */
export async function joinImdb(
  connection: DuckDBConnection,
  folder: string,
  { movies, links }: { movies: LandedFile; links: LandedFile | undefined },
  work: { progress: Progress; rejects: Rejects; paths?: ImportPaths | undefined },
): Promise<string> {
  if (!links) throw invalid('IMDb can only be joined to an edition with a links.csv.')
  const paths = await imdbPaths(folder, work.paths ?? new ImportPaths())
  await connection.run(
    `create or replace temp table imdb_wanted as
     select movie_id, 'tt' || imdb_id as tconst from (${links.select}) where imdb_id is not null`,
  )
  for (const file of FILES) {
    const path = paths.get(file.name)
    if (path) await readImdb(connection, path, file, work)
    else await connection.run(`create or replace temp table ${file.table} (${EMPTY[file.table]})`)
  }
  return `select m.* replace (coalesce(m.year, b.start_year) as year), w.tconst, b.title_type, b.original_title,
    b.runtime_minutes, r.imdb_rating, r.imdb_votes, d.directors, a.title_ko
    from (${movies.select}) m left join (select movie_id, min(tconst) as tconst from imdb_wanted group by movie_id) w
      using (movie_id)
    left join imdb_basics b using (tconst) left join imdb_ratings r using (tconst) left join imdb_akas a using (tconst)
    left join (select tconst, list(coalesce(name, nconst) order by place) as directors
      from imdb_crew left join imdb_names using (nconst) group by tconst) d using (tconst)
    order by movie_id`
}

async function imdbPaths(named: string, allowed: ImportPaths): Promise<Map<string, string>> {
  const folder = await allowed.resolve(named, 'imdb')
  const names = await readdir(folder).catch((cause) => {
    throw invalid(`'${folder}' is not a folder of IMDb files.`, { cause })
  })
  const paths = new Map<string, string>()
  for (const { name } of FILES) {
    const found = [`${name}.tsv`, `${name}.tsv.gz`].find((candidate) => names.includes(candidate))
    if (found) paths.set(name, await allowed.resolve(join(folder, found), 'imdb'))
  }
  if (!paths.has('title.basics')) throw invalid(`'${folder}' has no title.basics.tsv or title.basics.tsv.gz.`)
  return paths
}

async function readImdb(
  connection: DuckDBConnection,
  path: string,
  file: ImdbFile,
  { progress, rejects }: { progress: Progress; rejects: Rejects },
): Promise<void> {
  const label = path.slice(path.lastIndexOf('/') + 1)
  const names = (await firstLine(path, label)).split('\t')
  const missing = file.columns.find((column) => !names.includes(column))
  if (missing) throw invalid(`${label} has no column '${missing}', only: ${names.join(', ').slice(0, 200)}.`)
  const types = names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ')
  const options = {
    separator: '\t',
    quote: '',
    header: true,
    encoding: 'utf-8',
    rejects: file.table,
  } as const
  const source = csvSource(path, types, { ...options, nullText: '\\N' })
  progress.begin('join', label, (await stat(path)).size, 'bytes')
  await connection
    .run(
      `create or replace temp table ${file.table} as with source as (select * from ${source}) select ${file.select}`,
    )
    .catch((error) => {
      throw /gzip|GZIP/.test(error.message)
        ? invalid(`${label} is not a complete gzip file.`, { cause: error })
        : error
    })
  progress.end()
  const rejected = await rejects.collect(connection, file.table, label)
  if (rejected > 0)
    await rejects.requireFew(label, rejected, rejected + (await countRows(connection, source)))
}
