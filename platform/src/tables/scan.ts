import type { Blobs } from '../blobs/blobs.js'
import { normalizeKey } from '../blobs/path.js'
import { invalid } from '../errors.js'
import type { DeltaAdd, DeltaSnapshot } from './actions.js'
import { duckDbType } from './columns.js'
import { sqlList, sqlName, sqlText } from './duckdb.js'
import { localFiles } from './local-files.js'

/** The largest number of columns of all partitions, each of which is a piece of the query's text. */
const MAX_PROJECTIONS = 100_000

/**
 * Writes a snapshot as a relation for DuckDB's FROM: `(select … from read_parquet([…]))`, with the order and types of the
 * table's columns. Copies files of a remote store to the local cache first.
 */
export async function scanDelta(blobs: Blobs, location: string, snapshot: DeltaSnapshot): Promise<string> {
  return relationOf(snapshot, await filesOf(blobs, location, snapshot))
}

/** Returns the paths of the files of a snapshot, in its order. Copies files of a remote store to the local cache first. */
export function filesOf(blobs: Blobs, location: string, { files }: DeltaSnapshot): Promise<string[]> {
  const root = normalizeKey(location)
  return localFiles(
    blobs,
    files.map(({ path, size }) => ({ key: `${root}/${path}`, size })),
  )
}

/** Like `scanDelta`. @param paths of the snapshot's files, in its order. @throws INVALID_PARAMETER_VALUE for too many columns */
export function relationOf(snapshot: DeltaSnapshot, paths: readonly string[]): string {
  if (snapshot.files.length === 0) return `(select ${projection(snapshot, new Set(), {})} where false)`
  const groups = new Map<string, { file: DeltaAdd; paths: string[] }>()
  snapshot.files.forEach((file, i) => {
    const id = JSON.stringify(Object.entries(file.partitionValues).sort())
    const group = groups.get(id) ?? { file, paths: [] }
    group.paths.push(paths[i] ?? '')
    groups.set(id, group)
  })
  if (groups.size * snapshot.fields.length > MAX_PROJECTIONS)
    throw invalid(
      `The table has ${groups.size} partitions of ${snapshot.fields.length} columns, which are too many to query.`,
    )
  const partitioned = new Set(snapshot.metadata.partitionColumns)
  const selects = [...groups.values()].map(({ file, paths }) => {
    const source = `read_parquet(${sqlList(paths)}, union_by_name = true, hive_partitioning = false)`
    return `select ${projection(snapshot, partitioned, file.partitionValues)} from ${absentAsNull(snapshot, source)}`
  })
  return `(${selects.join(' union all ')})`
}

/** Selects columns by name. Values of partition columns are in the log, not in the files. */
function projection(
  { fields, files }: DeltaSnapshot,
  partitioned: ReadonlySet<string>,
  values: DeltaAdd['partitionValues'],
): string {
  const columns = fields.map(({ name, type }) => {
    const value = values[name] ?? null
    const constant = value === null || value === '' ? 'null' : sqlText(value)
    const source = partitioned.has(name) || files.length === 0 ? constant : sqlName(name)
    return `cast(${source} as ${duckDbType(type)}) as ${sqlName(name)}`
  })
  return columns.join(', ')
}

/** Adds columns that old files lack as nulls, with a union by name. */
function absentAsNull({ fields }: DeltaSnapshot, source: string): string {
  const empty = fields.map(({ name, type }) => `null::${duckDbType(type)} as ${sqlName(name)}`).join(', ')
  return `(select * from ${source} union all by name select ${empty} where false)`
}
