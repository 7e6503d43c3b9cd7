import type { DuckDBVector } from '@duckdb/node-api'
import type { DeltaType } from './columns.js'

type TypedArray = Uint8Array | Int32Array | BigInt64Array | Float32Array | Float64Array

/**
 * A column of a table.
 *
 * | Delta type | values |
 * |---|---|
 * | boolean | Uint8Array of 0 and 1 |
 * | byte, short, integer | Int32Array |
 * | long | BigInt64Array |
 * | float / double, decimal | Float32Array / Float64Array |
 * | date | Int32Array, days since 1970-01-01 |
 * | timestamp | Float64Array, milliseconds since the epoch |
 * | string | array of strings |
 * | everything else | array of strings, JSON |
 */
export interface ColumnVector {
  readonly values: TypedArray | readonly (string | null)[]
  /** 1 where the value is null and stored as 0; absent without nulls. Arrays of strings contain null itself. */
  readonly nulls?: Uint8Array
}

export interface ColumnReader {
  /** SQL that converts the column to the type of `Values`. */
  select(column: string): string
  readonly Values?: new (length: number) => TypedArray
}

export interface ColumnCollector {
  take(vector: DuckDBVector, rows: number): void
  finish(): ColumnVector
}

const as = (type: string) => (column: string) => `cast(${column} as ${type})`

const READERS: Readonly<Record<string, ColumnReader>> = {
  boolean: { select: as('utinyint'), Values: Uint8Array },
  byte: { select: as('integer'), Values: Int32Array },
  short: { select: as('integer'), Values: Int32Array },
  integer: { select: as('integer'), Values: Int32Array },
  long: { select: as('bigint'), Values: BigInt64Array },
  float: { select: as('float'), Values: Float32Array },
  double: { select: as('double'), Values: Float64Array },
  date: { select: (column) => `cast(${column} - date '1970-01-01' as integer)`, Values: Int32Array },
  timestamp: { select: (column) => `epoch_us(${column}) / 1000.0::double`, Values: Float64Array },
  string: { select: (column) => column },
}

export function columnReader(type: DeltaType): ColumnReader {
  const reader = typeof type === 'string' ? READERS[type] : undefined
  if (reader) return reader
  if (typeof type === 'string' && type.startsWith('decimal'))
    return { select: as('double'), Values: Float64Array }
  return { select: (column) => `to_json(${column})::varchar` }
}

export const collectColumn = ({ Values }: ColumnReader, expectedRows: number): ColumnCollector =>
  Values ? new TypedCollector(Values, expectedRows) : new TextCollector()

class TypedCollector implements ColumnCollector {
  readonly #Values: new (
    length: number,
  ) => TypedArray
  #values: TypedArray
  #nulls: Uint8Array | undefined
  #length = 0

  constructor(Values: new (length: number) => TypedArray, expectedRows: number) {
    this.#Values = Values
    this.#values = new Values(Math.max(expectedRows, 16))
  }

  take(vector: DuckDBVector, rows: number): void {
    this.#reserve(this.#length + rows)
    // The reader's cast ensures that numbers or bigints match the array.
    const values = this.#values as Float64Array
    for (let i = 0; i < rows; i++) {
      const value = vector.getItem(i) as number | null
      if (value === null) this.#markNull(this.#length + i)
      else values[this.#length + i] = value
    }
    this.#length += rows
  }

  finish(): ColumnVector {
    const whole = this.#length === this.#values.length
    const values = whole ? this.#values : this.#values.slice(0, this.#length)
    return this.#nulls ? { values, nulls: this.#nulls.slice(0, this.#length) } : { values }
  }

  #markNull(row: number): void {
    this.#nulls ??= new Uint8Array(this.#values.length)
    this.#nulls[row] = 1
  }

  #reserve(rows: number): void {
    if (rows <= this.#values.length) return
    const larger = new this.#Values(Math.max(rows, this.#values.length * 2))
    larger.set(this.#values as never)
    this.#values = larger
    if (!this.#nulls) return
    const nulls = new Uint8Array(larger.length)
    nulls.set(this.#nulls)
    this.#nulls = nulls
  }
}

class TextCollector implements ColumnCollector {
  readonly #values: (string | null)[] = []

  take(vector: DuckDBVector, rows: number): void {
    for (let i = 0; i < rows; i++) this.#values.push(vector.getItem(i) as string | null)
  }

  finish(): ColumnVector {
    return { values: this.#values }
  }
}
