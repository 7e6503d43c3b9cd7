import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import type { ColumnInfo } from '@cairn/platform/tables/columns'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { commitTable, discardTable, type StagedTable, stageTable } from '@cairn/platform/tables/write'
import type { DuckDBConnection } from '@duckdb/node-api'
import { detectEdition } from './detect.js'
import { type Counts, EDITIONS, type Edition } from './editions.js'
import { joinImdb } from './imdb.js'
import type { ImportPaths } from './import-paths.js'
import { countRows, type LandedFile, landFile } from './landing.js'
import { layoutsOf, REQUIRED_TABLES, type TableName } from './layouts.js'
import { type OnProgress, Progress } from './progress.js'
import { Rejects } from './rejects.js'
import { openSource, type Source } from './source.js'

export interface MovieLensImport {
  /** A zip archive or a folder. */
  readonly source: string
  /** A folder of IMDb's TSV files, plain or `.gz`. */
  readonly imdb?: string | undefined
  /** The paths that may be imported; all when absent. */
  readonly paths?: ImportPaths | undefined
  readonly blobs: Blobs
  /** The key prefix; each table gets a folder below it. */
  readonly location: string
  /** True to require the counts and the MD5 that GroupLens published; false for an excerpt. Default: true. */
  readonly verify?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

export interface ImportedTable {
  readonly name: TableName
  readonly rows: number
  readonly bytes: number
  /** A digest of the rows. */
  readonly digest: string
  readonly columns: readonly ColumnInfo[]
  /** `file:///…` or `s3://…`, the table's root. */
  readonly location: string
  readonly version: number
}

export interface ImportResult {
  readonly edition: Edition
  readonly tables: readonly ImportedTable[]
  readonly rejected: number
  readonly rejectFile?: string
  /** The MD5 of the archive, if the source is one. */
  readonly md5?: string
}

/**
 * Imports an edition of MovieLens into Delta tables: ratings and movies, and links and tags if it has them. Replaces
 * existing tables. All tables are staged before the first is committed, so a failed import changes nothing.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the column, for: not a MovieLens edition, damaged, missing
 *   columns, other counts or MD5 than published, or more than 0.1 % rejected rows in a file
 */
export async function importMovieLens(options: MovieLensImport): Promise<ImportResult> {
  const progress = new Progress(options.onProgress)
  const source = await openSource(options.source, progress, options)
  const scratch = await mkdtemp(join(tmpdir(), 'cairn-import-'))
  try {
    return await withDuckDb(
      (connection) => importFrom(source, { ...options, connection, scratch, progress }),
      {
        signal: options.signal,
        onProgress: (share) => progress.fraction(share),
      },
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
    await source.close()
  }
}

interface ImportContext extends MovieLensImport {
  readonly connection: DuckDBConnection
  readonly scratch: string
  readonly progress: Progress
}

async function importFrom(source: Source, work: ImportContext): Promise<ImportResult> {
  const { connection, blobs, verify = true } = work
  const location = normalizeKey(work.location)
  const rejects = new Rejects(async () => blobs, location)
  const { edition, counts } = await detectEdition(source)
  if (verify) requirePublishedMd5(edition, source.md5, work.source)
  const landed = await landAll(source, work, rejects)
  if (verify) await requirePublishedCounts(connection, edition, counts, landed)
  const byTable = new Map(landed.map((file) => [file.layout.table, file]))
  const movies = byTable.get('movies')
  const selects = new Map(landed.map((file) => [file.layout.table, file.select]))
  if (work.imdb && movies)
    selects.set(
      'movies',
      await joinImdb(connection, work.imdb, { movies, links: byTable.get('links') }, { ...work, rejects }),
    )
  const rejectFile = await rejects.write()
  const staged = await stageAll(selects, location, work, byTable)
  const tables = await commitAll(staged, work)
  return {
    edition,
    tables,
    rejected: rejects.total,
    ...(rejectFile && { rejectFile }),
    ...(source.md5 && { md5: source.md5 }),
  }
}

async function landAll(
  source: Source,
  { connection, scratch, progress }: ImportContext,
  rejects: Rejects,
): Promise<LandedFile[]> {
  const landed: LandedFile[] = []
  for (const layout of layoutsOf(source.files)) {
    const path = source.files.get(layout.file)
    if (path) landed.push(await landFile(connection, path, layout, scratch, { progress, rejects }))
    else if (REQUIRED_TABLES.includes(layout.table))
      throw invalid(`${layout.file} is missing next to the ratings.`)
  }
  return landed
}

function requirePublishedMd5(edition: Edition, md5: string | undefined, path: string): void {
  const published = EDITIONS[edition].md5
  if (md5 && published && md5 !== published)
    throw invalid(`'${path}' looks like ${edition}, but its MD5 is ${md5} instead of ${published}.`)
}

async function requirePublishedCounts(
  connection: DuckDBConnection,
  edition: Edition,
  counts: Counts,
  landed: readonly LandedFile[],
): Promise<void> {
  for (const { layout, rows, rejected, select } of landed) {
    const published = layout.table === 'links' ? undefined : counts[layout.table]
    if (published !== undefined && rows + rejected !== published)
      throw invalid(
        `${layout.file} has ${rows + rejected} rows, but ${edition} has ${published}: the file may be incomplete.`,
      )
    if (layout.table !== 'ratings' || counts.users === undefined || rejected > 0) continue
    const users = await countRows(connection, `(select distinct user_id from (${select}))`)
    if (users !== counts.users)
      throw invalid(
        `${layout.file} has ${users} users, but ${edition} has ${counts.users}: the file may be incomplete.`,
      )
  }
}

interface NamedStagedTable {
  readonly name: TableName
  readonly table: StagedTable
}

async function stageAll(
  selects: ReadonlyMap<TableName, string>,
  location: string,
  { blobs, connection, signal, progress }: ImportContext,
  landed: ReadonlyMap<TableName, LandedFile>,
): Promise<NamedStagedTable[]> {
  const staged: NamedStagedTable[] = []
  try {
    for (const [name, select] of selects) {
      progress.begin('write', name, landed.get(name)?.rows ?? 0, 'rows')
      const table = await stageTable(blobs, `${location}/${name}`, { connection, select, signal })
      staged.push({ name, table })
      progress.end()
    }
    return staged
  } catch (error) {
    for (const { table } of staged) await discardTable(blobs, table)
    throw error
  }
}

async function commitAll(
  staged: readonly NamedStagedTable[],
  { blobs, progress }: ImportContext,
): Promise<ImportedTable[]> {
  const tables: ImportedTable[] = []
  try {
    for (const { name, table } of staged) {
      progress.begin('commit', name, table.rows, 'rows')
      const { uri, version, rows, bytes, digest, columns } = await commitTable(blobs, table, 'overwrite')
      tables.push({ name, rows, bytes, digest, columns, location: uri, version })
      progress.end()
    }
    return tables
  } catch (error) {
    for (const { table } of staged.slice(tables.length)) await discardTable(blobs, table)
    throw error
  }
}
