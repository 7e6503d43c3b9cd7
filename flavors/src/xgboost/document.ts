import { invalid } from '@cairn/platform/errors'

/** A list of numbers, as both decoders return it. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array

/** The decoded content of a JSON or UBJSON file. */
export type Value = null | boolean | number | Float | string | NumberArray | readonly Value[] | Document
export interface Document {
  [key: string]: Value
}

/** Makes the writers encode a number outside of typed lists as a float, even an integer. Readers return plain numbers. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** Creates an object without a prototype, so that keys such as `__proto__` are plain data. */
export const emptyDocument = (): Document => Object.create(null) as Document

/** Deeper than any model; bounds the recursion of the readers. */
const MAX_DEPTH = 32
/** Limit for values other than numbers in lists; a tree has about twenty. */
const MAX_VALUES = 1 << 23

/** Limits the nesting and the number of values while a file is decoded. */
export class DecodeLimits {
  readonly #name: string
  #depth = 0
  #values = 0

  constructor(name: string) {
    this.#name = name
  }

  countValue(): void {
    if (++this.#values > MAX_VALUES) throw invalid(`${this.#name}: more than ${MAX_VALUES} values`)
  }

  /** Calls `read` one nesting level deeper. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw invalid(`${this.#name}: nested deeper than ${MAX_DEPTH} levels`)
    const result = read()
    this.#depth--
    return result
  }
}
