import { invalid } from '@cairn/platform/errors'
import type { DuckDBResult } from '@duckdb/node-api'

export interface QueryResult {
  readonly columns: readonly string[]
  /** The type of each column in DuckDB's words. */
  readonly types: readonly string[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** True if the query had more rows than are stored. */
  readonly truncated: boolean
}

/** The most rows of a result, and bytes of their JSON. */
export interface ResultLimits {
  readonly rows: number
  readonly bytes: number
}

const MAX_COLUMNS = 1_000
/** Limits names and types of all columns: a type of nested structs may be much longer than the query. */
const MAX_HEADER_BYTES = 200_000
const DEFAULT_LIMITS: ResultLimits = { rows: 1_000, bytes: 200_000 }

/**
 * The first rows of a result as JSON. Reading stops at the limits, which also ends endless queries.
 *
 * @throws INVALID_PARAMETER_VALUE for too many columns, or too long names and types
 */
export async function readResult(
  result: DuckDBResult,
  limits: ResultLimits = DEFAULT_LIMITS,
): Promise<QueryResult> {
  const columns = result.deduplicatedColumnNames()
  const types = result.columnTypes().map(String)
  const header = [...columns, ...types].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (columns.length > MAX_COLUMNS || header > MAX_HEADER_BYTES)
    throw invalid(
      `the result has ${columns.length} columns with names and types of ${header} bytes; the limits are ${MAX_COLUMNS} and ${MAX_HEADER_BYTES}.`,
    )
  const rows: Record<string, unknown>[] = []
  let bytes = 0
  for await (const chunk of result.yieldRowObjectJs())
    for (const row of chunk) {
      const json = toJson(row) as Record<string, unknown>
      bytes += JSON.stringify(json).length
      if (rows.length === limits.rows || bytes > limits.bytes)
        return { columns, types, rows, truncated: true }
      rows.push(json)
    }
  return { columns, types, rows, truncated: false }
}

/** Integers beyond the exact range of doubles become text, times ISO 8601, bytes base64. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map)
    return [...value].map(([key, item]) => ({ key: toJson(key), value: toJson(item) }))
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item)]))
}
