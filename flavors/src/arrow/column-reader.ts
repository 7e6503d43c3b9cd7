import { invalid } from '@cairn/platform/errors'
import { type Data, DataType, type Table } from 'apache-arrow'
import type { Id } from '../id.js'

/** Reads columns and checks their type, length, nulls and offsets; `name` is the file name in errors. */
export class ArrowColumnReader {
  readonly rows: number
  readonly #table: Table
  readonly #name: string

  constructor(table: Table, name: string) {
    this.#table = table
    this.#name = name
    this.rows = table.numRows
  }

  has(column: string): boolean {
    return this.#table.schema.fields.some((field) => field.name === column)
  }

  ids(column: string): Id[] {
    const chunks = this.#chunks(column)
    const type = chunks[0]?.type
    if (type && DataType.isUtf8(type)) return this.texts(column)
    if (type && !(DataType.isInt(type) && type.isSigned && type.bitWidth >= 32))
      throw this.#wrongType(column, 'int32, int64 or utf8')
    return chunks.flatMap((chunk) => {
      const values = this.#values(column, chunk, chunk.length) as Int32Array | BigInt64Array
      return Array.from(values as ArrayLike<number | bigint>, (value) => this.#safeInteger(column, value))
    })
  }

  texts(column: string): string[] {
    const decoder = new TextDecoder()
    return this.#chunks(column).flatMap((chunk) => {
      if (!DataType.isUtf8(chunk.type)) throw this.#wrongType(column, 'utf8')
      const offsets = this.#offsets(column, chunk, (chunk.values as Uint8Array).length)
      const bytes = chunk.values as Uint8Array
      return Array.from({ length: chunk.length }, (_, row) =>
        decoder.decode(bytes.subarray(offsets[row]!, offsets[row + 1]!)),
      )
    })
  }

  numbers(column: string): Float64Array {
    const chunks = this.#chunks(column).map((chunk) => {
      if (!DataType.isFloat(chunk.type)) throw this.#wrongType(column, 'float32 or float64')
      return Float64Array.from(this.#values(column, chunk, chunk.length) as Float32Array | Float64Array)
    })
    return this.#finite(column, concat(chunks, Float64Array))
  }

  /** Row-major; not copied if the file has one batch. */
  vectors(column: string, width: number): Float32Array {
    const chunks = this.#chunks(column).map((chunk) => {
      const child = chunk.children[0]
      const isVector = DataType.isFixedSizeList(chunk.type) && chunk.type.listSize === width
      if (!isVector || !child || child.type.toString() !== 'Float32' || child.nullCount > 0)
        throw this.#wrongType(column, `fixed-size lists of ${width} float32`)
      return this.#values(column, child, chunk.length * width) as Float32Array
    })
    return this.#finite(column, concat(chunks, Float32Array))
  }

  /** Lists of int32 in 0…below−1, as offsets into one array. */
  lists(column: string, below: number): { offsets: Int32Array; items: Int32Array } {
    const { offsets, values } = this.#lists(column, 'Int32')
    const items = values as Int32Array
    for (const item of items)
      if (item < 0 || item >= below) throw invalid(`${this.#name}: ${column} names item ${item} of ${below}`)
    return { offsets, items }
  }

  /** Lists of float32, as offsets into one array. */
  numberLists(column: string): { offsets: Int32Array; values: Float32Array } {
    const { offsets, values } = this.#lists(column, 'Float32')
    return { offsets, values: this.#finite(column, values as Float32Array) }
  }

  #lists(column: string, type: 'Int32' | 'Float32') {
    const chunks = this.#chunks(column)
    if (chunks.length !== 1) throw invalid(`${this.#name}: ${column} must be in one record batch`)
    const [chunk] = chunks as [Data]
    const child = chunk.children[0]
    if (!DataType.isList(chunk.type) || !child || child.type.toString() !== type || child.nullCount > 0)
      throw this.#wrongType(column, `lists of ${type.toLowerCase()}`)
    const values = this.#values(column, child, child.length)
    return { offsets: this.#offsets(column, chunk, values.length), values }
  }

  #chunks(column: string): readonly Data[] {
    const vector = this.#table.getChild(column)
    if (!vector) throw invalid(`${this.#name}: no column ${column}`)
    if (vector.length !== this.rows)
      throw invalid(`${this.#name}: ${column} has ${vector.length} rows of ${this.rows}`)
    if (vector.nullCount > 0) throw invalid(`${this.#name}: ${column} has nulls`)
    return vector.data
  }

  #values(column: string, data: Data, length: number): ArrayLike<unknown> {
    const values = data.values as { length: number; subarray(from: number, to: number): ArrayLike<unknown> }
    if (!values || values.length < length) throw this.#truncated(column)
    return values.subarray(0, length)
  }

  #offsets(column: string, data: Data, limit: number): Int32Array {
    const offsets = data.valueOffsets as Int32Array | undefined
    if (!offsets || offsets.length <= data.length) throw this.#truncated(column)
    let last = 0
    for (let row = 0; row <= data.length; row++) {
      if (offsets[row]! < last || offsets[row]! > limit)
        throw invalid(`${this.#name}: ${column} has invalid offsets`)
      last = offsets[row]!
    }
    return offsets.subarray(0, data.length + 1)
  }

  #safeInteger(column: string, value: number | bigint): number {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw invalid(`${this.#name}: ${column} has an integer beyond 2^53`)
    return number
  }

  #finite<T extends Float32Array | Float64Array>(column: string, values: T): T {
    for (let index = 0; index < values.length; index++)
      if (!Number.isFinite(values[index]))
        throw invalid(`${this.#name}: ${column} has a value that is not finite`)
    return values
  }

  #wrongType(column: string, expected: string) {
    return invalid(`${this.#name}: ${column} must be ${expected}`)
  }

  #truncated(column: string) {
    return invalid(`${this.#name}: ${column} is truncated`)
  }
}

function concat<T extends Float32Array | Float64Array>(chunks: T[], Values: new (length: number) => T): T {
  if (chunks.length === 1) return chunks[0]!
  const all = new Values(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
