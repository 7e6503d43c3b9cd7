import { invalid } from '@cairn/platform/errors'
import type { ColumnInfo, ColumnInput, ColumnType } from '@cairn/platform/protocol/tables'

/** Spark's names of types that need no more than their name: in a StructField's JSON, and in SQL. */
const PLAIN: Partial<Record<ColumnType, readonly [json: string, sql: string]>> = {
  BOOLEAN: ['boolean', 'boolean'],
  BYTE: ['byte', 'tinyint'],
  SHORT: ['short', 'smallint'],
  INT: ['integer', 'int'],
  LONG: ['long', 'bigint'],
  FLOAT: ['float', 'float'],
  DOUBLE: ['double', 'double'],
  DATE: ['date', 'date'],
  TIMESTAMP: ['timestamp', 'timestamp'],
  TIMESTAMP_NTZ: ['timestamp_ntz', 'timestamp_ntz'],
  STRING: ['string', 'string'],
  BINARY: ['binary', 'binary'],
  VARIANT: ['variant', 'variant'],
  NULL: ['void', 'void'],
}

/** Fills in what a client left out, so that every reader finds a text, a JSON and the numbers of each type. */
export function completeColumns(columns: readonly ColumnInput[]): ColumnInfo[] {
  refuseDoubles(columns)
  return columns.map((column, index) => {
    const [json, sql] = typeOf(column)
    const nullable = column.nullable ?? true
    const field = { name: column.name, type: json, nullable, metadata: {} }
    return {
      name: column.name,
      type_name: column.type_name,
      type_text: column.type_text || sql,
      type_json: column.type_json || JSON.stringify(field),
      type_precision: column.type_precision ?? 0,
      type_scale: column.type_scale ?? 0,
      position: column.position ?? index,
      nullable,
      ...(column.comment && { comment: column.comment }),
      ...(column.partition_index !== undefined && { partition_index: column.partition_index }),
    }
  })
}

function typeOf(column: ColumnInput): readonly [json: unknown, sql: string] {
  const plain = PLAIN[column.type_name]
  if (plain) return plain
  if (column.type_name === 'DECIMAL') {
    const decimal = `decimal(${column.type_precision || 10},${column.type_scale ?? 0})`
    return [decimal, decimal]
  }
  if (!column.type_text || !column.type_json)
    throw invalid(
      `Column '${column.name}' is a ${column.type_name}, which takes both type_text and type_json to describe.`,
    )
  return [column.type_text, column.type_text]
}

/** Names differ by more than case: SQL engines do not tell them apart otherwise. */
function refuseDoubles(columns: readonly ColumnInput[]) {
  const seen = new Set<string>()
  for (const { name } of columns) {
    const folded = name.toLowerCase()
    if (seen.has(folded)) throw invalid(`Invalid columns: there are two called '${name}'.`)
    seen.add(folded)
  }
}
