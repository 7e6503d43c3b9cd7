import {
  type Column,
  MAX_VARINT_BYTES,
  readDoubles,
  readIntegers,
  readVarint,
  writeDoubles,
  writeIntegers,
  writeVarint,
} from './column-codec.js'
import { emptyColumns, type PointColumns } from './point-columns.js'

/** Like `PointColumns`, but also accepts plain arrays, which are faster to create for few points. */
export interface PackableColumns {
  readonly timestamps: Column
  readonly steps: Column
  readonly values: Column
}

/**
 * Packs points to base64 text, column after column. Timestamps and steps are zigzag varint deltas, one or two bytes a
 * point; values are doubles. Both databases store text the same way, and it can be embedded in JSON.
 */
export function pack(points: PackableColumns): string {
  const count = points.values.length
  const bytes = Buffer.allocUnsafe(MAX_VARINT_BYTES + 2 + count * (MAX_VARINT_BYTES * 2 + 8))
  let at = writeVarint(bytes, 0, count)
  at = writeIntegers(bytes, at, points.timestamps)
  at = writeIntegers(bytes, at, points.steps)
  at = writeDoubles(bytes, at, points.values)
  return bytes.toString('base64', 0, at)
}

export const unpack = (text: string): PointColumns => unpackAll([text])

/** Unpacks and concatenates. */
export function unpackAll(texts: readonly string[]): PointColumns {
  const parts = texts.map((text) => {
    const cursor = { bytes: Buffer.from(text, 'base64'), at: 0 }
    return { cursor, count: readVarint(cursor) }
  })
  const points = emptyColumns(parts.reduce((sum, { count }) => sum + count, 0))
  let start = 0
  for (const { cursor, count } of parts) {
    readIntegers(cursor, points.timestamps, start, count)
    readIntegers(cursor, points.steps, start, count)
    readDoubles(cursor, points.values, start, count)
    start += count
  }
  return points
}

/** Packed points whose columns are decoded only when they are read. */
export class PackedPoints {
  readonly #bytes: Buffer
  readonly #count: number
  readonly #start: number
  #timestamps: Float64Array | undefined

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'base64')
    const cursor = { bytes: this.#bytes, at: 0 }
    this.#count = readVarint(cursor)
    this.#start = cursor.at
  }

  get timestamps(): Float64Array {
    if (!this.#timestamps) {
      this.#timestamps = new Float64Array(this.#count)
      readIntegers({ bytes: this.#bytes, at: this.#start }, this.#timestamps, 0, this.#count)
    }
    return this.#timestamps
  }

  /** The last column, whose doubles have a fixed length. */
  values(): Float64Array {
    const values = new Float64Array(this.#count)
    readDoubles({ bytes: this.#bytes, at: this.#bytes.length - this.#count * 8 }, values, 0, this.#count)
    return values
  }
}
