import { randomUUID } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Blobs } from '../blobs/blobs.js'
import { normalizeKey } from '../blobs/path.js'
import { ApiError } from '../errors.js'
import type { DeltaAdd } from './actions.js'
import { type ColumnInfo, columnInfos, type DeltaField, deltaTypeOf, duckDbType, fieldOf } from './columns.js'
import { commitDelta, type WriteMode } from './commit.js'
import { contentDigest } from './digest.js'
import { sqlList, sqlName, sqlText } from './duckdb.js'
import { type ColumnStatistics, deltaStats } from './file-stats.js'

export interface TableSource {
  /** The connection that runs `select`. It can have temporary tables. */
  readonly connection: DuckDBConnection
  /** Trusted SQL, never from users. */
  readonly select: string
  readonly compression?: 'zstd' | 'snappy'
  /** The approximate size of a file. Default: 128 MiB, which one thread reads in seconds. */
  readonly fileBytes?: number
  readonly signal?: AbortSignal | undefined
}

/** Rows stored as Parquet files that belong to no table before the commit. */
interface StagedFiles {
  readonly location: string
  readonly fields: readonly DeltaField[]
  readonly adds: readonly DeltaAdd[]
  readonly rows: number
  readonly bytes: number
}

export interface StagedTable extends StagedFiles {
  /** The digest of the rows; see `contentDigest`. */
  readonly digest: string
}

export interface WrittenTable {
  /** The URI of the table's root for other programs. */
  readonly uri: string
  readonly version: number
  readonly rows: number
  readonly bytes: number
  readonly digest: string
  readonly columns: readonly ColumnInfo[]
}

const FILE_BYTES = 128 * 1024 * 1024

/** Streams the rows of a SELECT to files below the key `location` and commits them as a table. */
export async function writeTable(
  blobs: Blobs,
  location: string,
  source: TableSource & { readonly mode: WriteMode },
): Promise<WrittenTable> {
  const staged = await stageTable(blobs, location, source)
  return commitTable(blobs, staged, source.mode)
}

/** Writes the files without a commit. After a failure no file is left. */
export async function stageTable(blobs: Blobs, location: string, source: TableSource): Promise<StagedTable> {
  const { connection } = source
  let digest = ''
  const staged = await stage(blobs, location, source, async (relation, fields) => {
    digest = (await contentDigest(connection, relation, fields)).digest
  })
  return { ...staged, digest }
}

/** Like `stageTable`, but without the digest, which takes as long as writing the files. */
export const stageFiles = (blobs: Blobs, location: string, source: TableSource): Promise<StagedFiles> =>
  stage(blobs, location, source)

/** Writes files and uploads them. @param read gets the rows of the files as a relation while they are on the local disk */
async function stage(
  blobs: Blobs,
  location: string,
  source: TableSource,
  read?: (relation: string, fields: readonly DeltaField[]) => Promise<void>,
): Promise<StagedFiles> {
  const root = normalizeKey(location)
  const { connection, select } = source
  const scratch = await mkdtemp(join(tmpdir(), 'cairn-stage-'))
  const adds: DeltaAdd[] = []
  try {
    const fields = await fieldsOf(connection, select)
    const files = await copyOut(source, fields, scratch)
    const relation = `read_parquet(${sqlList(files.map((file) => file.path))})`
    await read?.(files.length > 0 ? relation : empty(fields), fields)
    const rows = files.reduce((sum, file) => sum + file.rows, 0)
    for (const file of files) {
      if (source.signal?.aborted) throw new ApiError('CANCELLED', 'The work was cancelled')
      const path = `part-${randomUUID()}.${source.compression ?? 'zstd'}.parquet`
      // `createReadStream(path)` opens the file later. An error then would end the process if `put` has failed meanwhile.
      await using handle = await open(file.path)
      const { size, modified } = await blobs.put(`${root}/${path}`, handle.createReadStream())
      const stats = deltaStats(file.rows, file.statistics, fields)
      adds.push({ path, partitionValues: {}, size, modificationTime: modified, dataChange: true, stats })
    }
    return { location: root, fields, adds, rows, bytes: adds.reduce((sum, add) => sum + add.size, 0) }
  } catch (error) {
    await discardAdds(blobs, root, adds)
    throw error
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Commits staged rows. */
export async function commitTable(blobs: Blobs, staged: StagedTable, mode: WriteMode): Promise<WrittenTable> {
  const { location, fields, rows, bytes, digest } = staged
  const version = await commitFiles(blobs, staged, mode)
  return { uri: blobs.uri(location), version, rows, bytes, digest, columns: columnInfos(fields) }
}

/** Commits staged files. @param txnId see `hasCommit` @returns the version of the table */
export function commitFiles(
  blobs: Blobs,
  { location, fields, adds, rows }: StagedFiles,
  mode: WriteMode,
  txnId?: string,
): Promise<number> {
  const change = { mode, fields, adds, rows, ...(txnId !== undefined && { txnId }) }
  return commitDelta(blobs, location, change)
}

/** Deletes staged files that will not be committed. */
export const discardTable = (blobs: Blobs, staged: StagedFiles) =>
  discardAdds(blobs, staged.location, staged.adds)

async function discardAdds(blobs: Blobs, root: string, adds: readonly DeltaAdd[]): Promise<void> {
  for (const { path } of adds) await blobs.delete(`${root}/${path}`).catch(() => undefined)
}

async function fieldsOf(connection: DuckDBConnection, select: string): Promise<DeltaField[]> {
  const result = await connection.run(`select * from (${select}) limit 0`)
  const types = result.columnTypes()
  return result.columnNames().map((name, i) => {
    const type = types[i]
    if (!type) throw new Error(`DuckDB named the column '${name}' but not its type`)
    return fieldOf(name, deltaTypeOf(type, name))
  })
}

interface WrittenFile {
  readonly path: string
  readonly rows: number
  readonly statistics: ColumnStatistics
}

async function copyOut(
  source: TableSource,
  fields: readonly DeltaField[],
  folder: string,
): Promise<WrittenFile[]> {
  const columns = fields.map(
    ({ name, type }) => `cast(${sqlName(name)} as ${duckDbType(type)}) as ${sqlName(name)}`,
  )
  const parquet = `format parquet, compression ${source.compression ?? 'zstd'}, file_size_bytes ${source.fileBytes ?? FILE_BYTES}`
  const result = await source.connection.run(
    `copy (select ${columns.join(', ')} from (${source.select}))
     to ${sqlText(join(folder, 'rows'))} (${parquet}, return_stats true)`,
  )
  const files = (await result.getRowObjectsJson()) as unknown as CopiedFile[]
  return files
    .filter((file) => Number(file.count) > 0)
    .map((file) => ({ path: file.filename, rows: Number(file.count), statistics: statisticsOf(file) }))
}

/** A written file in DuckDB's JSON, in which a map is a list of entries, and column names are quoted. */
interface CopiedFile {
  readonly filename: string
  readonly count: string
  readonly column_statistics: readonly { key: string; value: readonly { key: string; value: string }[] }[]
}

function statisticsOf({ column_statistics }: CopiedFile): ColumnStatistics {
  return new Map(
    column_statistics.map(({ key, value }) => [
      key.slice(1, -1).replaceAll('""', '"'),
      Object.fromEntries(value.map((entry) => [entry.key, entry.value])),
    ]),
  )
}

const empty = (fields: readonly DeltaField[]) =>
  `(select ${fields.map(({ name, type }) => `null::${duckDbType(type)} as ${sqlName(name)}`).join(', ')} where false)`
