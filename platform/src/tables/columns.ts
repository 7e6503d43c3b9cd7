import type { DuckDBType } from '@duckdb/node-api'
import { invalid } from '../errors.js'

/** A Delta type as in a table's schema string: a name such as `integer` or `decimal(10,2)`, or a nested type. */
export type DeltaType =
  | string
  | { readonly type: 'array'; readonly elementType: DeltaType; readonly containsNull: boolean }
  | { readonly type: 'struct'; readonly fields: readonly DeltaField[] }
  | {
      readonly type: 'map'
      readonly keyType: DeltaType
      readonly valueType: DeltaType
      readonly valueContainsNull: boolean
    }

export interface DeltaField {
  readonly name: string
  readonly type: DeltaType
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Names of types without parameters in Delta, DuckDB, Unity Catalog and Spark SQL. */
const SCALARS: readonly (readonly [delta: string, duckDb: string, unity: string, text: string])[] = [
  ['boolean', 'BOOLEAN', 'BOOLEAN', 'boolean'],
  ['byte', 'TINYINT', 'BYTE', 'tinyint'],
  ['short', 'SMALLINT', 'SHORT', 'smallint'],
  ['integer', 'INTEGER', 'INT', 'int'],
  ['long', 'BIGINT', 'LONG', 'bigint'],
  ['float', 'FLOAT', 'FLOAT', 'float'],
  ['double', 'DOUBLE', 'DOUBLE', 'double'],
  ['string', 'VARCHAR', 'STRING', 'string'],
  ['binary', 'BLOB', 'BINARY', 'binary'],
  ['date', 'DATE', 'DATE', 'date'],
  ['timestamp', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMP', 'timestamp'],
]
const DELTA = new Map(SCALARS.map((scalar) => [scalar[0], scalar]))

/** DuckDB types that Delta lacks, with the nearest type that can represent every value. */
const WIDENED: Readonly<Record<string, string>> = {
  UTINYINT: 'short',
  USMALLINT: 'integer',
  UINTEGER: 'long',
  UBIGINT: 'decimal(20,0)',
  // Sums are HUGEINT; values with 39 digits fail in the cast.
  HUGEINT: 'decimal(38,0)',
  // Delta's type for local times requires a newer reader; the session's time zone is UTC.
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
}

/** Converts a type of DuckDB. @throws INVALID_PARAMETER_VALUE with the column's name for a type that Delta does not have */
export function deltaTypeOf(type: DuckDBType, column: string): DeltaType {
  if ('entryTypes' in type && 'entryNames' in type) {
    const fields = type.entryTypes.map((entry, i) =>
      fieldOf(type.entryNames[i] ?? '', deltaTypeOf(entry, column)),
    )
    return { type: 'struct', fields }
  }
  if ('keyType' in type) {
    const [keyType, valueType] = [deltaTypeOf(type.keyType, column), deltaTypeOf(type.valueType, column)]
    return { type: 'map', keyType, valueType, valueContainsNull: true }
  }
  if ('valueType' in type)
    return { type: 'array', elementType: deltaTypeOf(type.valueType, column), containsNull: true }
  const name = type.toString()
  if (name.startsWith('DECIMAL')) return name.toLowerCase()
  if (name.startsWith('ENUM')) return 'string'
  const found = SCALARS.find((scalar) => scalar[1] === name)?.[0] ?? WIDENED[name]
  if (!found) throw invalid(`Column '${column}' has type ${name}, which Delta tables do not support: cast it`)
  return found
}

export const fieldOf = (name: string, type: DeltaType): DeltaField => ({
  name,
  type,
  nullable: true,
  metadata: {},
})

/**
 * Returns the DuckDB type of a Delta type. Accepts only known types, because the type becomes part of a statement, and anyone
 * with access to the table may write its log.
 */
export function duckDbType(type: DeltaType): string {
  if (typeof type === 'string') {
    if (/^decimal(\(\d{1,2}, ?\d{1,2}\))?$/.test(type)) return type.toUpperCase()
    const scalar = DELTA.get(type)
    if (!scalar) throw invalid(`Delta type '${type}' is not supported`)
    return scalar[1]
  }
  if (type.type === 'array') return `${duckDbType(type.elementType)}[]`
  if (type.type === 'map') return `MAP(${duckDbType(type.keyType)}, ${duckDbType(type.valueType)})`
  if (type.type !== 'struct' || !Array.isArray(type.fields))
    throw invalid(`Delta type ${JSON.stringify(type).slice(0, 100)} is not supported`)
  const entries = type.fields.map(
    ({ name, type }) => `"${String(name).replaceAll('"', '""')}" ${duckDbType(type)}`,
  )
  return `STRUCT(${entries.join(', ')})`
}

/** A column in Unity Catalog's REST API. DuckDB's client requires precision, scale and position as numbers. */
export interface ColumnInfo {
  readonly name: string
  readonly type_text: string
  readonly type_name: string
  readonly type_json: string
  readonly type_precision: number
  readonly type_scale: number
  readonly position: number
  readonly nullable: boolean
}

export const columnInfos = (fields: readonly DeltaField[]): ColumnInfo[] =>
  fields.map((field, position) => {
    const [, precision = 0, scale = 0] = /^decimal\((\d+),(\d+)\)$/.exec(typeText(field.type)) ?? []
    return {
      name: field.name,
      type_text: typeText(field.type),
      type_name: typeName(field.type),
      type_json: JSON.stringify(field),
      type_precision: Number(precision),
      type_scale: Number(scale),
      position,
      nullable: field.nullable,
    }
  })

function typeName(type: DeltaType): string {
  if (typeof type !== 'string') return type.type.toUpperCase()
  return type.startsWith('decimal') ? 'DECIMAL' : (DELTA.get(type)?.[2] ?? type.toUpperCase())
}

function typeText(type: DeltaType): string {
  if (typeof type === 'string') return DELTA.get(type)?.[3] ?? type
  if (type.type === 'array') return `array<${typeText(type.elementType)}>`
  if (type.type === 'map') return `map<${typeText(type.keyType)},${typeText(type.valueType)}>`
  return `struct<${type.fields.map(({ name, type }) => `${name}:${typeText(type)}`).join(',')}>`
}
