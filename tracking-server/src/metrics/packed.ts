import { endianness } from 'node:os'
import { empty, type Points } from './points.js'

type Column = Float64Array | readonly number[]

/** `Points`, also in plain arrays, which are made faster where there are few. */
export interface Packable {
  readonly timestamps: Column
  readonly steps: Column
  readonly values: Column
}

/**
 * Points as text: the columns one after another, in base64. Timestamps and steps are differences in variable length,
 * which makes them one or two bytes a point; values are doubles. Both databases keep text alike, and JSON carries it.
 */
export function pack(points: Packable): string {
  const count = points.values.length
  const bytes = Buffer.allocUnsafe(MAX_NUMBER + 2 + count * (MAX_NUMBER * 2 + 8))
  let at = writeNumber(bytes, 0, count)
  at = writeWholes(bytes, at, points.timestamps)
  at = writeWholes(bytes, at, points.steps)
  at = writeDoubles(bytes, at, points.values)
  return bytes.toString('base64', 0, at)
}

export const unpack = (text: string): Points => unpackAll([text])

/** One after another. */
export function unpackAll(texts: readonly string[]): Points {
  const parts = texts.map((text) => {
    const cursor = { bytes: Buffer.from(text, 'base64'), at: 0 }
    return { cursor, count: readNumber(cursor) }
  })
  const points = empty(parts.reduce((sum, { count }) => sum + count, 0))
  let start = 0
  for (const { cursor, count } of parts) {
    readWholes(cursor, points.timestamps, start, count)
    readWholes(cursor, points.steps, start, count)
    readDoubles(cursor, points.values, start, count)
    start += count
  }
  return points
}

const IS_LITTLE = endianness() === 'LE'
/** Bytes of the longest number: 56 bits, 7 in each. */
const MAX_NUMBER = 8
const DIFFERENCES = 0
const DOUBLES = 1
/** Up to it, numbers are whole to the processor too. */
const MAX_INTEGER = 2 ** 30
/** Differences of larger numbers could not be told apart in a double. */
const MAX_DIFFERING = 2 ** 51

interface Cursor {
  readonly bytes: Buffer
  at: number
}

function writeWholes(bytes: Buffer, start: number, column: Column): number {
  if (!areSmall(column)) {
    bytes[start] = DOUBLES
    return writeDoubles(bytes, start + 1, column)
  }
  bytes[start] = DIFFERENCES
  let at = start + 1
  let before = 0
  for (let i = 0; i < column.length; i++) {
    const difference = column[i]! - before
    at = writeNumber(bytes, at, difference < 0 ? -2 * difference - 1 : 2 * difference)
    before = column[i]!
  }
  return at
}

function areSmall(column: Column): boolean {
  for (let i = 0; i < column.length; i++) if (Math.abs(column[i]!) >= MAX_DIFFERING) return false
  return true
}

function readWholes(cursor: Cursor, column: Float64Array, start: number, count: number) {
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

function writeNumber(bytes: Buffer, start: number, number: number): number {
  let at = start
  let rest = number
  for (; rest > MAX_INTEGER; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128
  bytes[at++] = rest
  return at
}

function readNumber(cursor: Cursor): number {
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
