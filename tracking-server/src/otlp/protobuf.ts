/**
 * Decodes OTLP's protobuf messages to objects like those of OTLP's JSON, so that both are converted by the same code:
 * camelCase names, ids in hexadecimal. Wire format: https://protobuf.dev/programming-guides/encoding/, messages:
 * opentelemetry-proto 1.x. Unknown fields, and fields of another wire type, are skipped, as protobuf requires.
 */
export function readTraceRequest(bytes: Uint8Array): Record<string, unknown> {
  return readMessage(REQUEST, bytes, 0)
}

/** Thrown by `readTraceRequest` for malformed protobuf. */
export class MalformedProtobuf extends Error {
  override readonly name = 'MalformedProtobuf'
}

/** Wire types: varint, eight bytes, length-delimited bytes, four bytes. */
const VARINT = 0
const FIXED64 = 1
const LENGTH = 2
const FIXED32 = 5

interface NumberField {
  readonly name: string
  readonly repeated?: true
  readonly wire: typeof VARINT
  readonly read: (value: bigint) => unknown
}
interface BytesField {
  readonly name: string
  readonly repeated?: true
  readonly wire: typeof FIXED64 | typeof LENGTH
  readonly read: (bytes: Uint8Array, depth: number) => unknown
}
type Field = NumberField | BytesField
/** By field number. */
type Message = Readonly<Record<number, Field>>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset)

const text = (name: string): Field => ({ name, wire: LENGTH, read: (bytes) => utf8.decode(bytes) })
const id = (name: string): Field => ({ name, wire: LENGTH, read: hex })
const int64 = (name: string): Field => ({ name, wire: VARINT, read: (value) => BigInt.asIntN(64, value) })
const fixed64 = (name: string): Field => ({
  name,
  wire: FIXED64,
  read: (bytes) => view(bytes).getBigUint64(0, true),
})
const message = (name: string, of: () => Message): Field => ({
  name,
  wire: LENGTH,
  read: (bytes, depth) => readMessage(of(), bytes, depth + 1),
})
const list = (name: string, of: () => Message): Field => ({ ...message(name, of), repeated: true })

const ANY_VALUE: Message = {
  1: text('stringValue'),
  2: { name: 'boolValue', wire: VARINT, read: (value) => value !== 0n },
  3: int64('intValue'),
  4: { name: 'doubleValue', wire: FIXED64, read: (bytes) => view(bytes).getFloat64(0, true) },
  5: message('arrayValue', () => ({ 1: list('values', () => ANY_VALUE) })),
  6: message('kvlistValue', () => ({ 1: list('values', () => KEY_VALUE) })),
  7: { name: 'bytesValue', wire: LENGTH, read: (bytes) => Buffer.from(bytes).toString('base64') },
}
const KEY_VALUE: Message = { 1: text('key'), 2: message('value', () => ANY_VALUE) }
const attributes = list('attributes', () => KEY_VALUE)
const EVENT: Message = { 1: fixed64('timeUnixNano'), 2: text('name'), 3: attributes }
const LINK: Message = { 1: id('traceId'), 2: id('spanId'), 4: attributes }
const STATUS: Message = { 2: text('message'), 3: int64('code') }
const SPAN: Message = {
  1: id('traceId'),
  2: id('spanId'),
  4: id('parentSpanId'),
  5: text('name'),
  7: fixed64('startTimeUnixNano'),
  8: fixed64('endTimeUnixNano'),
  9: attributes,
  11: list('events', () => EVENT),
  13: list('links', () => LINK),
  15: message('status', () => STATUS),
}
const RESOURCE_SPANS: Message = {
  1: message('resource', () => ({ 1: attributes })),
  2: list('scopeSpans', () => ({ 2: list('spans', () => SPAN) })),
}
const REQUEST: Message = { 1: list('resourceSpans', () => RESOURCE_SPANS) }

const MAX_DEPTH = 100

function readMessage(fields: Message, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new MalformedProtobuf(`nested deeper than ${MAX_DEPTH}`)
  const read: Record<string, unknown> = {}
  const reader = new Reader(bytes)
  while (!reader.ended) {
    const { number, wire } = reader.tag()
    const value = reader.value(wire)
    const field = fields[number]
    if (field?.wire !== wire) continue
    const one = field.wire === VARINT ? field.read(value as bigint) : field.read(value as Uint8Array, depth)
    const earlier = read[field.name] as unknown[] | undefined
    if (!field.repeated) read[field.name] = one
    else if (earlier) earlier.push(one)
    else read[field.name] = [one]
  }
  return read
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length
  }

  tag(): { number: number; wire: number } {
    const tag = Number(this.#varint())
    if (tag > 0xffff_ffff || tag >>> 3 === 0) throw new MalformedProtobuf('invalid field number')
    return { number: tag >>> 3, wire: tag & 7 }
  }

  value(wire: number): bigint | Uint8Array {
    if (wire === VARINT) return this.#varint()
    if (wire === FIXED64) return this.#take(8)
    if (wire === LENGTH) return this.#take(Number(this.#varint()))
    if (wire === FIXED32) return this.#take(4)
    throw new MalformedProtobuf(`wire type ${wire}`) // groups, which OTLP never had
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new MalformedProtobuf('ends within a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new MalformedProtobuf('a number longer than 64 bits')
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new MalformedProtobuf('ends within a field')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
