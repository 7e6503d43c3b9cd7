import { endianness } from 'node:os'

export type Column = Float64Array | readonly number[]

const IS_LITTLE = endianness() === 'LE'
/** Bytes of the longest varint: 56 bits, 7 in each byte. */
export const MAX_VARINT_BYTES = 8
const DELTAS = 0
const DOUBLES = 1
/** Up to this number, bit operations on 32-bit integers are exact. */
const MAX_INT_BITS = 2 ** 30
/** Deltas of larger numbers would not be exact in a double. */
const MAX_DELTA_VALUE = 2 ** 51

export interface Cursor {
  readonly bytes: Buffer
  at: number
}

export function writeIntegers(bytes: Buffer, start: number, column: Column): number {
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

export function readIntegers(cursor: Cursor, column: Float64Array, start: number, count: number) {
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

export function writeVarint(bytes: Buffer, start: number, number: number): number {
  let at = start
  let rest = number
  for (; rest > MAX_INT_BITS; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128
  bytes[at++] = rest
  return at
}

export function readVarint(cursor: Cursor): number {
  const { bytes } = cursor
  let number = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at++]!
    if (byte < 128) return number + byte * scale
    number += (byte - 128) * scale
  }
}

export function writeDoubles(bytes: Buffer, start: number, column: Column): number {
  if (column instanceof Float64Array && IS_LITTLE)
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), start)
  else for (let i = 0; i < column.length; i++) bytes.writeDoubleLE(column[i]!, start + i * 8)
  return start + column.length * 8
}

export function readDoubles(cursor: Cursor, column: Float64Array, start: number, count: number) {
  copyDoubles(cursor, Buffer.from(column.buffer, column.byteOffset + start * 8, count * 8), count)
}

/** @param into memory of a Float64Array */
export function copyDoubles(cursor: Cursor, into: Buffer, count: number) {
  cursor.bytes.copy(into, 0, cursor.at, cursor.at + count * 8)
  if (!IS_LITTLE) into.subarray(0, count * 8).swap64()
  cursor.at += count * 8
}
