import type { Blobs } from '../blobs/blobs.js'
import { invalid } from '../errors.js'
import { type DeltaSnapshot, rowsOf } from './actions.js'
import { type ColumnVector, collectColumn, columnReader } from './column-vector.js'
import type { DeltaField } from './columns.js'
import { readDelta } from './delta.js'
import { contentDigest } from './digest.js'
import { openSession, sqlName, withDuckDb } from './duckdb.js'
import { scanDelta } from './scan.js'

export interface ReadOptions {
  /** The columns to read. The default is all in the order of the table. */
  readonly columns?: readonly string[]
  readonly limit?: number
  /** The version to read. The default is the newest one. */
  readonly version?: number
  readonly signal?: AbortSignal
}

export interface ColumnTable {
  readonly rows: number
  readonly version: number
  readonly columns: ReadonlyMap<string, ColumnVector>
}

/**
 * Reads a Delta table as one typed array per column; see `ColumnVector`. The order of rows is undefined.
 *
 * @throws TABLE_NOT_FOUND, INVALID_PARAMETER_VALUE for a column that the table does not have
 */
export async function readColumns(
  blobs: Blobs,
  location: string,
  options: ReadOptions = {},
): Promise<ColumnTable> {
  const { snapshot, fields, relation, limit } = await prepare(blobs, location, options)
  const readers = fields.map((field) => columnReader(field.type))
  const columns = fields.map(({ name }, i) => `${readers[i]?.select(sqlName(name))} as ${sqlName(name)}`)
  const expected = rowsOf(snapshot) ?? 0
  const collectors = readers.map((reader) =>
    collectColumn(reader, Math.min(expected, options.limit ?? expected)),
  )
  const rows = await withDuckDb(
    async (connection) => {
      const result = await connection.stream(`select ${columns.join(', ')} from ${relation} ${limit}`)
      let count = 0
      for await (const chunk of result) {
        for (const [i, collector] of collectors.entries())
          collector.take(chunk.getColumnVector(i), chunk.rowCount)
        count += chunk.rowCount
      }
      return count
    },
    { signal: options.signal },
  )
  const vectors = fields.map(({ name }, i) => [name, collectors[i]?.finish() ?? { values: [] }] as const)
  return { rows, version: snapshot.version, columns: new Map(vectors) }
}

/**
 * Iterates over the rows of a Delta table as objects, with a few thousand in memory at a time. Integers are numbers where
 * that is exact, otherwise bigints. Timestamps and dates are `Date`s.
 */
export async function* readRows(
  blobs: Blobs,
  location: string,
  options: ReadOptions = {},
): AsyncIterable<Record<string, unknown>> {
  const { fields, relation, limit } = await prepare(blobs, location, options)
  const columns = fields.map(({ name }) => sqlName(name)).join(', ')
  const session = await openSession({ signal: options.signal })
  try {
    const result = await session.connection.stream(`select ${columns} from ${relation} ${limit}`)
    for await (const rows of result.yieldRowObjectJs()) yield* rows.map(plain)
  } catch (error) {
    throw session.failure(error)
  } finally {
    session.close()
  }
}

/** Returns the digest of the live rows of a table; see `contentDigest`. */
export async function digestTable(
  blobs: Blobs,
  location: string,
  options: Pick<ReadOptions, 'version' | 'signal'> = {},
): Promise<{ rows: number; digest: string }> {
  const { fields, relation } = await prepare(blobs, location, options)
  return withDuckDb((connection) => contentDigest(connection, relation, fields), { signal: options.signal })
}

async function prepare(blobs: Blobs, location: string, options: ReadOptions) {
  const { version, limit } = options
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    throw invalid(`limit must be a whole number, not ${limit}`)
  const snapshot = await readDelta(blobs, location, version === undefined ? {} : { version })
  const fields = options.columns ? select(snapshot, options.columns, location) : snapshot.fields
  const relation = await scanDelta(blobs, location, snapshot)
  return { snapshot, fields, relation, limit: limit === undefined ? '' : `limit ${limit}` }
}

function select(snapshot: DeltaSnapshot, names: readonly string[], location: string): DeltaField[] {
  const byName = new Map(snapshot.fields.map((field) => [field.name, field]))
  return names.map((name) => {
    const field = byName.get(name)
    if (!field) throw invalid(`Table '${location}' has no column '${name}': ${[...byName.keys()].join(', ')}`)
    return field
  })
}

const plain = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? exact(value) : value]),
  )

const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
