import { invalid } from '@cairn/platform/errors'
import { Budget, type Document, emptyDocument, type Numbers, type Value } from './document.js'

const mark = (letter: string) => letter.charCodeAt(0)
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [mark('{'), mark('}'), mark('['), mark(']')]
const [TYPE, COUNT, NONE, YES, NO] = [mark('$'), mark('#'), mark('Z'), mark('T'), mark('F')]
const [FLOAT, DOUBLE, INT8, UINT8] = [mark('d'), mark('D'), mark('i'), mark('U')]
const [INT16, INT32, INT64, CHARACTER, TEXT] = [mark('I'), mark('l'), mark('L'), mark('C'), mark('S')]

/**
 * The part of UBJSON (ubjson.org, draft 12: big-endian) that XGBoost writes. A list of one number type becomes a typed
 * array; what a list claims to hold is compared with what is left of the file before anything is reserved.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the place.
 */
export const readUbj = (bytes: Uint8Array, name: string): Value => new UbjReader(bytes, name).read()

class UbjReader {
  readonly #bytes: Buffer
  readonly #name: string
  readonly #budget: Budget
  #at = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#name = name
    this.#budget = new Budget(name)
  }

  read(): Value {
    const value = this.#value(this.#marker())
    if (this.#at !== this.#bytes.length) throw this.#wrong('something follows the end')
    return value
  }

  #value(marker: number): Value {
    this.#budget.value()
    switch (marker) {
      case OPEN_OBJECT:
        return this.#budget.deeper(() => this.#object())
      case OPEN_LIST:
        return this.#budget.deeper(() => this.#list())
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
      if (!this.#skip(COUNT)) throw this.#wrong('a typed list without its length')
      return this.#numbers(type, this.#length())
    }
    const list: Value[] = []
    if (this.#skip(COUNT)) {
      const length = this.#length()
      for (let i = 0; i < length; i++) list.push(this.#value(this.#marker()))
    } else while (!this.#skip(CLOSE_LIST)) list.push(this.#value(this.#marker()))
    return list
  }

  #numbers(type: number, length: number): Numbers {
    const kind = KINDS.get(type)
    if (!kind) throw this.#wrong(`a list of '${String.fromCharCode(type)}'`)
    return kind.list(this.#take(length * kind.size))
  }

  #number(marker: number): number {
    const kind = KINDS.get(marker)
    if (!kind) throw this.#wrong(`'${String.fromCharCode(marker)}' is no value`)
    return Number(kind.list(this.#take(kind.size))[0])
  }

  /** Lengths are of any integer type. */
  #length(): number {
    const marker = this.#marker()
    if (marker === FLOAT || marker === DOUBLE) throw this.#wrong('a length that is no integer')
    const length = this.#number(marker)
    if (!(length >= 0)) throw this.#wrong('a length below 0')
    return length
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8')
  }

  #take(length: number): Buffer {
    const left = this.#bytes.length - this.#at
    if (length > left) throw this.#wrong(`${length} bytes are claimed where ${left} are left`)
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return taken
  }

  #marker(): number {
    if (this.#at >= this.#bytes.length) throw this.#wrong('it ends too early')
    return this.#bytes[this.#at++]!
  }

  #skip(marker: number): boolean {
    if (this.#bytes[this.#at] !== marker) return false
    this.#at++
    return true
  }

  #wrong(what: string) {
    return invalid(`${this.#name}: not readable as UBJSON: ${what} (at byte ${this.#at})`)
  }
}

interface Kind {
  readonly size: number
  list(bytes: Buffer): Numbers
}

/** In memory of its own, where typed arrays of this machine's byte order can stand on it. */
function turned(bytes: Buffer, swap: (copy: Buffer) => Buffer): ArrayBuffer {
  const copy = new Uint8Array(bytes)
  swap(Buffer.from(copy.buffer))
  return copy.buffer
}

const KINDS: ReadonlyMap<number, Kind> = new Map([
  [INT8, { size: 1, list: (bytes) => new Int8Array(new Uint8Array(bytes).buffer) }],
  [UINT8, { size: 1, list: (bytes) => new Uint8Array(bytes) }],
  [INT16, { size: 2, list: (bytes) => new Int16Array(turned(bytes, (copy) => copy.swap16())) }],
  [INT32, { size: 4, list: (bytes) => new Int32Array(turned(bytes, (copy) => copy.swap32())) }],
  [INT64, { size: 8, list: (bytes) => new BigInt64Array(turned(bytes, (copy) => copy.swap64())) }],
  [FLOAT, { size: 4, list: (bytes) => new Float32Array(turned(bytes, (copy) => copy.swap32())) }],
  [DOUBLE, { size: 8, list: (bytes) => new Float64Array(turned(bytes, (copy) => copy.swap64())) }],
] as [number, Kind][])
