import type { StatementChunk, StatementManifest } from '@cairn/platform/protocol/databricks/statements'
import type { QueryResult } from '../tasks/sql/query-result.js'

/** The result as one chunk, and its description. */
export function toChunk({ columns, types, rows, truncated }: QueryResult): {
  readonly manifest: StatementManifest
  readonly result: StatementChunk
} {
  const extent = { chunk_index: 0, row_offset: 0, row_count: rows.length }
  return {
    manifest: {
      format: 'JSON_ARRAY',
      schema: {
        column_count: columns.length,
        columns: columns.map((name, position) => ({ name, position, ...typeOf(types[position]!) })),
      },
      total_chunk_count: rows.length > 0 ? 1 : 0,
      total_row_count: rows.length,
      chunks: rows.length > 0 ? [extent] : [],
      truncated,
    },
    result: {
      ...extent,
      ...(rows.length > 0 && {
        data_array: rows.map((row) => columns.map((name, i) => toText(row[name], types[i]!))),
      }),
    },
  }
}

/** DuckDB's types by those of Databricks. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ BOOLEAN: 'BOOLEAN', TINYINT: 'BYTE', SMALLINT: 'SHORT', INTEGER: 'INT', BIGINT: 'LONG' },
  ...{ UTINYINT: 'SHORT', USMALLINT: 'INT', UINTEGER: 'LONG', UBIGINT: 'DECIMAL', HUGEINT: 'DECIMAL' },
  ...{ FLOAT: 'FLOAT', DOUBLE: 'DOUBLE', VARCHAR: 'STRING', BLOB: 'BINARY', DATE: 'DATE' },
  ...{ TIMESTAMP: 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP', INTERVAL: 'INTERVAL' },
  ...{ '"NULL"': 'NULL' },
}
/** The names of `type_text` that differ from `type_name`. */
const TEXTS: Readonly<Record<string, string>> = { BYTE: 'TINYINT', SHORT: 'SMALLINT', LONG: 'BIGINT' }

function typeOf(type: string): { readonly type_text: string; readonly type_name: string } {
  const type_name = TYPES[type] ?? nestedType(type)
  return { type_name, type_text: TEXTS[type_name] ?? (TYPES[type] ? type_name : type) }
}

const nestedType = (type: string) => {
  if (/\[\d*\]$/.test(type)) return 'ARRAY'
  const [name] = /^[A-Z]+/.exec(type) ?? []
  return name === 'DECIMAL' || name === 'STRUCT' || name === 'MAP' ? name : 'STRING'
}

function toText(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null
  if (type === 'DATE') return String(value).slice(0, 10)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
