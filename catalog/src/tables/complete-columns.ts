import { invalid } from '@cairn/platform/errors'
import type { ColumnInfo, ColumnInput, ColumnType } from '@cairn/platform/protocol/unity/tables'

/** Spark's names of the types without parameters: in a StructField's JSON and in SQL. */
const SIMPLE_TYPES: Partial<Record<ColumnType, readonly [json: string, sql: string]>> = {
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

/** Fills in the fields that a create or update request omits: type_text, type_json and numbers, in Spark's spelling. */
export function completeColumns(columns: readonly ColumnInput[]): ColumnInfo[] {
  const repeated = columns[findRepeatedName(columns)]
  if (repeated) throw invalid(`Invalid columns: the name '${repeated.name}' occurs twice.`)
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
  const simple = SIMPLE_TYPES[column.type_name]
  if (simple) return simple
  if (column.type_name === 'DECIMAL') {
    const decimal = `decimal(${column.type_precision || 10},${column.type_scale ?? 0})`
    return [decimal, decimal]
  }
  if (!column.type_text || !column.type_json)
    throw invalid(
      `Column '${column.name}' has type ${column.type_name}, which requires both type_text and type_json.`,
    )
  return [column.type_text, column.type_text]
}

/** Finds a name that occurs twice, ignoring case like SQL engines. @returns the index of the column, or -1 */
export function findRepeatedName(columns: readonly Pick<ColumnInput, 'name'>[]): number {
  const seen = new Set<string>()
  return columns.findIndex(({ name }) => seen.size === seen.add(name.toLowerCase()).size)
}
