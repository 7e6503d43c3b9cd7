import { invalid } from '@cairn/platform/errors'

/** A length-delimited field of a protobuf message: text, bytes or a nested message. */
export interface ProtoField {
  readonly number: number
  readonly bytes: Uint8Array
  /** The position of its key in the message; it ends where `bytes` do. */
  readonly start: number
}

/**
 * Yields the length-delimited fields of a message, as views; other fields are skipped.
 *
 * @throws INVALID_PARAMETER_VALUE when the bytes are not protobuf
 */
export function* protoFields(message: Uint8Array): Generator<ProtoField> {
  const cursor = { message, at: 0 }
  while (cursor.at < message.length) {
    const start = cursor.at
    const key = readVarint(cursor)
    const [number, wire] = [Math.floor(key / 8), key % 8]
    if (wire === 0) readVarint(cursor)
    else if (wire === 1 || wire === 5) skip(cursor, wire === 1 ? 8 : 4)
    else if (wire === 2) yield { number, bytes: skip(cursor, readVarint(cursor)), start }
    else throw broken()
  }
}

interface Cursor {
  readonly message: Uint8Array
  at: number
}

/** Inexact beyond 2^53, where the value cannot be a valid length. */
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let n = 0; n < 10; n++) {
    const byte = cursor.message[cursor.at++]
    if (byte === undefined) throw broken()
    value += (byte & 127) * 2 ** (7 * n)
    if (byte < 128) return value
  }
  throw broken()
}

function skip(cursor: Cursor, length: number): Uint8Array {
  const from = cursor.at
  if (from + length > cursor.message.length) throw broken()
  cursor.at = from + length
  return cursor.message.subarray(from, cursor.at)
}

const broken = () => invalid('The graph is not readable as ONNX')
