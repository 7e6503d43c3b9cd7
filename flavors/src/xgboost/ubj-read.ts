import { invalid } from '@cairn/platform/errors'
import { DecodeLimits, type Document, emptyDocument, type NumberArray, type Value } from './document.js'

const code = (letter: string) => letter.charCodeAt(0)
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [code('{'), code('}'), code('['), code(']')]
const [TYPE, COUNT, NONE, YES, NO] = [code('$'), code('#'), code('Z'), code('T'), code('F')]
const [FLOAT, DOUBLE, INT8, UINT8] = [code('d'), code('D'), code('i'), code('U')]
const [INT16, INT32, INT64, CHARACTER, TEXT] = [code('I'), code('l'), code('L'), code('C'), code('S')]

/**
 * Reads the subset of UBJSON (ubjson.org, draft 12: big-endian) that XGBoost writes. A list of one number type becomes a
 * typed array; its declared length is checked against the rest of the file before memory is allocated.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the position
 */
export const readUbj = (bytes: Uint8Array, name: string): Value => new UbjReader(bytes, name).read()

class UbjReader {
  readonly #bytes: Buffer
  readonly #name: string
  readonly #limits: DecodeLimits
  #at = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#name = name
    this.#limits = new DecodeLimits(name)
  }

  read(): Value {
    const value = this.#value(this.#marker())
    if (this.#at !== this.#bytes.length) throw this.#malformed('unexpected data after the end')
    return value
  }

  #value(marker: number): Value {
    this.#limits.countValue()
    switch (marker) {
      case OPEN_OBJECT:
        return this.#limits.nested(() => this.#object())
      case OPEN_LIST:
        return this.#limits.nested(() => this.#list())
      case TEXT:
        return this.#text(this.#length())
      case CHARACTER:
        return this.#text(1)
      case NONE:
        return null
      case YES:
      case NO:
        return marker === YES
      default:
        return this.#number(marker)
    }
  }

  #object(): Document {
    const document = emptyDocument()
    while (this.#bytes[this.#at] !== CLOSE_OBJECT) {
      const key = this.#text(this.#length())
      document[key] = this.#value(this.#marker())
    }
    this.#at++
    return document
  }

  #list(): Value {
    if (this.#skip(TYPE)) {
      const type = this.#marker()
      if (!this.#skip(COUNT)) throw this.#malformed('a typed list without a length')
      return this.#numbers(type, this.#length())
    }
    const list: Value[] = []
    if (this.#skip(COUNT)) {
      const length = this.#length()
      for (let i = 0; i < length; i++) list.push(this.#value(this.#marker()))
    } else while (!this.#skip(CLOSE_LIST)) list.push(this.#value(this.#marker()))
    return list
  }

  #numbers(type: number, length: number): NumberArray {
    const kind = KINDS.get(type)
    if (!kind) throw this.#malformed(`a list of '${String.fromCharCode(type)}'`)
    return kind.list(this.#take(length * kind.size))
  }

  #number(marker: number): number {
    const kind = KINDS.get(marker)
    if (!kind) throw this.#malformed(`'${String.fromCharCode(marker)}' is not a value`)
    return Number(kind.list(this.#take(kind.size))[0])
  }

  /** Lengths may have any integer type. */
  #length(): number {
    const marker = this.#marker()
    if (marker === FLOAT || marker === DOUBLE) throw this.#malformed('a length is not an integer')
    const length = this.#number(marker)
    if (!(length >= 0)) throw this.#malformed('a length is negative')
    return length
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8')
  }

  #take(length: number): Buffer {
    const left = this.#bytes.length - this.#at
    if (length > left) throw this.#malformed(`${length} bytes are declared, but ${left} remain`)
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return taken
  }

  #marker(): number {
    if (this.#at >= this.#bytes.length) throw this.#malformed('unexpected end')
    return this.#bytes[this.#at++]!
  }

  #skip(marker: number): boolean {
    if (this.#bytes[this.#at] !== marker) return false
    this.#at++
    return true
  }

  #malformed(problem: string) {
    return invalid(`${this.#name}: not readable as UBJSON: ${problem} (at byte ${this.#at})`)
  }
}

interface Kind {
  readonly size: number
  list(bytes: Buffer): NumberArray
}

/** Copies to aligned memory and converts to the byte order of this machine. */
function toNativeOrder(bytes: Buffer, swap: (copy: Buffer) => Buffer): ArrayBuffer {
  const copy = new Uint8Array(bytes)
  swap(Buffer.from(copy.buffer))
  return copy.buffer
}

const KINDS: ReadonlyMap<number, Kind> = new Map([
  [INT8, { size: 1, list: (bytes) => new Int8Array(new Uint8Array(bytes).buffer) }],
  [UINT8, { size: 1, list: (bytes) => new Uint8Array(bytes) }],
  [INT16, { size: 2, list: (bytes) => new Int16Array(toNativeOrder(bytes, (copy) => copy.swap16())) }],
  [INT32, { size: 4, list: (bytes) => new Int32Array(toNativeOrder(bytes, (copy) => copy.swap32())) }],
  [INT64, { size: 8, list: (bytes) => new BigInt64Array(toNativeOrder(bytes, (copy) => copy.swap64())) }],
  [FLOAT, { size: 4, list: (bytes) => new Float32Array(toNativeOrder(bytes, (copy) => copy.swap32())) }],
  [DOUBLE, { size: 8, list: (bytes) => new Float64Array(toNativeOrder(bytes, (copy) => copy.swap64())) }],
] as [number, Kind][])
