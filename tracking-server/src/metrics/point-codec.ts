import { endianness } from 'node:os'
import { emptyColumns, type PointColumns } from './point-columns.js'

type Column = Float64Array | readonly number[]

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

const IS_LITTLE = endianness() === 'LE'
/** Bytes of the longest varint: 56 bits, 7 in each byte. */
const MAX_VARINT_BYTES = 8
const DELTAS = 0
const DOUBLES = 1
/** Up to this number, bit operations on 32-bit integers are exact. */
const MAX_INT_BITS = 2 ** 30
/** Deltas of larger numbers would not be exact in a double. */
const MAX_DELTA_VALUE = 2 ** 51

interface Cursor {
  readonly bytes: Buffer
  at: number
}

function writeIntegers(bytes: Buffer, start: number, column: Column): number {
  if (!areSmall(column)) {
    bytes[start] = DOUBLES
    return writeDoubles(bytes, start + 1, column)
  }
  bytes[start] = DELTAS
  let at = start + 1
  let before = 0
  for (let i = 0; i < column.length; i++) {
    const difference = column[i]! - before
    at = writeVarint(bytes, at, difference < 0 ? -2 * difference - 1 : 2 * difference)
    before = column[i]!
  }
  return at
}

function areSmall(column: Column): boolean {
  for (let i = 0; i < column.length; i++) if (Math.abs(column[i]!) >= MAX_DELTA_VALUE) return false
  return true
}

function readIntegers(cursor: Cursor, column: Float64Array, start: number, count: number) {
  if (cursor.bytes[cursor.at++] === DOUBLES) return readDoubles(cursor, column, start, count)
  const { bytes } = cursor
  let { at } = cursor
  let before = 0
  for (let i = start; i < start + count; i++) {
    let byte = bytes[at++]!
    let folded = byte & 127
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[at++]!
      folded += (byte & 127) * scale
    }
    before += folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
    column[i] = before
  }
  cursor.at = at
}

function writeVarint(bytes: Buffer, start: number, number: number): number {
  let at = start
  let rest = number
  for (; rest > MAX_INT_BITS; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128
  bytes[at++] = rest
  return at
}

function readVarint(cursor: Cursor): number {
  const { bytes } = cursor
  let number = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at++]!
    if (byte < 128) return number + byte * scale
    number += (byte - 128) * scale
  }
}

function writeDoubles(bytes: Buffer, start: number, column: Column): number {
  if (column instanceof Float64Array && IS_LITTLE)
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), start)
  else for (let i = 0; i < column.length; i++) bytes.writeDoubleLE(column[i]!, start + i * 8)
  return start + column.length * 8
}

function readDoubles(cursor: Cursor, column: Float64Array, start: number, count: number) {
  const bytes = Buffer.from(column.buffer, column.byteOffset + start * 8, count * 8)
  cursor.bytes.copy(bytes, 0, cursor.at)
  if (!IS_LITTLE) bytes.swap64()
  cursor.at += count * 8
}
