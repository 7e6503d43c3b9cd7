import { Float, type NumberArray, type Value } from './document.js'

/** Writes UBJSON in XGBoost's style: keys in order, lengths as int64, typed lists of numbers. */
export function writeUbj(value: Value): Uint8Array {
  const parts: Buffer[] = []
  write(value, parts)
  return Buffer.concat(parts)
}

function write(value: Value, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.from('Z'))
  else if (typeof value === 'boolean') parts.push(Buffer.from(value ? 'T' : 'F'))
  else if (typeof value === 'number') parts.push(scalar(value))
  else if (value instanceof Float) parts.push(tagged('d', 4, (buffer) => buffer.writeFloatBE(value.value, 1)))
  else if (typeof value === 'string') parts.push(Buffer.from('S'), text(value))
  else if (ArrayBuffer.isView(value)) parts.push(...numbers(value))
  else if (Array.isArray(value)) {
    parts.push(Buffer.from('[#'), length(value.length))
    for (const item of value) write(item, parts)
  } else {
    parts.push(Buffer.from('{'))
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, field] of entries) {
      parts.push(text(key))
      write(field, parts)
    }
    parts.push(Buffer.from('}'))
  }
}

/** Uses the smallest integer type that fits. */
function scalar(value: number): Buffer {
  if (value >= -128 && value < 128) return tagged('i', 1, (buffer) => buffer.writeInt8(value, 1))
  if (value >= -32768 && value < 32768) return tagged('I', 2, (buffer) => buffer.writeInt16BE(value, 1))
  if (value === (value | 0)) return tagged('l', 4, (buffer) => buffer.writeInt32BE(value, 1))
  return length(value)
}

const length = (value: number) => tagged('L', 8, (buffer) => buffer.writeBigInt64BE(BigInt(value), 1))

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([length(bytes.length), bytes])
}

function tagged(marker: string, size: number, fill: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(1 + size)
  buffer.write(marker, 'latin1')
  fill(buffer)
  return buffer
}

function numbers(values: NumberArray): Buffer[] {
  const marker = MARKERS.get(values.constructor)!
  const body = Buffer.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  if (values.BYTES_PER_ELEMENT === 2) body.swap16()
  if (values.BYTES_PER_ELEMENT === 4) body.swap32()
  if (values.BYTES_PER_ELEMENT === 8) body.swap64()
  return [Buffer.from(`[$${marker}#`), length(values.length), body]
}

const MARKERS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Float32Array, 'd'],
  [Float64Array, 'D'],
  [Int8Array, 'i'],
  [Uint8Array, 'U'],
  [Int16Array, 'I'],
  [Int32Array, 'l'],
  [BigInt64Array, 'L'],
])
