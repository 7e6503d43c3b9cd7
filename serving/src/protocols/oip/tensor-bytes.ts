import { DATATYPES, type DatatypeName } from './datatypes.js'
import type { Tensor } from './tensor.js'

/** A tensor of fixed-size elements that are decoded only when they are read. */
export class BinaryTensor implements Tensor {
  readonly name: string
  readonly datatype: keyof typeof DATATYPES
  readonly shape: readonly number[]
  readonly bytes: DataView
  #data: readonly unknown[] | undefined

  constructor(name: string, datatype: keyof typeof DATATYPES, shape: readonly number[], bytes: DataView) {
    this.name = name
    this.datatype = datatype
    this.shape = shape
    this.bytes = bytes
  }

  get data(): readonly unknown[] {
    const { size, get } = DATATYPES[this.datatype]
    this.#data ??= Array.from({ length: this.bytes.byteLength / size }, (_, at) => get(this.bytes, at * size))
    return this.#data
  }
}

/** Returns the elements of a tensor in little-endian bytes. Each text follows its length. */
export function toBytes({ datatype, data, bytes }: Tensor): Uint8Array {
  if (bytes) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (datatype === 'BYTES') return Buffer.concat(data.map((text) => withLength(String(text))))
  return encode(datatype, data)
}

function encode(datatype: Exclude<DatatypeName, 'BYTES'>, data: readonly unknown[]): Uint8Array {
  const { size, set } = DATATYPES[datatype]
  const bytes = new Uint8Array(data.length * size)
  const view = new DataView(bytes.buffer)
  for (const [at, element] of data.entries()) set(view, at * size, element)
  return bytes
}

function withLength(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(text))
  return Buffer.concat([length, Buffer.from(text)])
}
