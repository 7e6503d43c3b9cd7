import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
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
  /** The connection that runs `select`, so that it may read temporary tables. */
  readonly connection: DuckDBConnection
  /** SQL of our own making, never a user's. */
  readonly select: string
  readonly compression?: 'zstd' | 'snappy'
  /** Where one file ends and the next begins, roughly. Default: 128 MiB, which one thread reads in seconds. */
  readonly fileBytes?: number
  readonly signal?: AbortSignal | undefined
}

/** Rows that lie in the store as Parquet files, and belong to no table until they are committed. */
export interface StagedTable {
  readonly location: string
  readonly fields: readonly DeltaField[]
  readonly adds: readonly DeltaAdd[]
  readonly rows: number
  readonly bytes: number
  /** Names the content: see `contentDigest`. */
  readonly digest: string
}

export interface WrittenTable {
  /** The table's root as other programs address it. */
  readonly uri: string
  readonly version: number
  readonly rows: number
  readonly bytes: number
  readonly digest: string
  readonly columns: readonly ColumnInfo[]
}

const FILE_BYTES = 128 * 1024 * 1024

/** Writes the rows of a SELECT below the key `location`, streaming, and makes them a table by one commit. */
export async function writeTable(
  blobs: Blobs,
  location: string,
  source: TableSource & { readonly mode: WriteMode },
): Promise<WrittenTable> {
  const staged = await stageTable(blobs, location, source)
  return commitTable(blobs, staged, source.mode)
}

/** The first half of `writeTable`: nothing becomes visible, and a failure leaves nothing behind. */
export async function stageTable(blobs: Blobs, location: string, source: TableSource): Promise<StagedTable> {
  const root = normalizeKey(location)
  const { connection, select } = source
  const scratch = await mkdtemp(join(tmpdir(), 'cairn-stage-'))
  const adds: DeltaAdd[] = []
  try {
    const fields = await fieldsOf(connection, select)
    const files = await copyOut(source, fields, scratch)
    const relation = `read_parquet(${sqlList(files.map((file) => file.path))})`
    const { rows, digest } = await contentDigest(
      connection,
      files.length > 0 ? relation : empty(fields),
      fields,
    )
    for (const file of files) {
      if (source.signal?.aborted) throw new ApiError('CANCELLED', 'The work was cancelled')
      const path = `part-${randomUUID()}.${source.compression ?? 'zstd'}.parquet`
      const { size, modified } = await blobs.put(`${root}/${path}`, createReadStream(file.path))
      const stats = deltaStats(file.rows, file.statistics, fields)
      adds.push({ path, partitionValues: {}, size, modificationTime: modified, dataChange: true, stats })
    }
    return { location: root, fields, adds, rows, bytes: adds.reduce((sum, add) => sum + add.size, 0), digest }
  } catch (error) {
    await discardAdds(blobs, root, adds)
    throw error
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The second half of `writeTable`. */
export async function commitTable(blobs: Blobs, staged: StagedTable, mode: WriteMode): Promise<WrittenTable> {
  const { location, fields, adds, rows, bytes, digest } = staged
  const version = await commitDelta(blobs, location, { mode, fields, adds, rows })
  return { uri: blobs.uri(location), version, rows, bytes, digest, columns: columnInfos(fields) }
}

/** Takes back what was staged and will not be committed. */
export const discardTable = (blobs: Blobs, staged: StagedTable) =>
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

/** DuckDB's JSON spells a map as a list of entries, and a column's name in quotes. */
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
