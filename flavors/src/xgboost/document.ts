import { invalid } from '@cairn/platform/errors'

/** A list of numbers, as both encodings deliver it. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array

/** What a file says in JSON or UBJSON, before it is a model. */
export type Value = null | boolean | number | Float | string | Numbers | readonly Value[] | Document
export interface Document {
  [key: string]: Value
}

/** To write a number outside of typed lists as a float, whole or not. Readers yield plain numbers. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** Without a prototype, so that no key of a file means anything. */
export const emptyDocument = (): Document => Object.create(null) as Document

/** Deeper than any model. Readers call themselves no deeper than that. */
const MAX_DEPTH = 32
/** Values other than numbers in lists: there are some twenty a tree. */
const MAX_VALUES = 1 << 23

/** What reading one file may cost beyond its length. */
export class Budget {
  readonly #name: string
  #depth = 0
  #values = 0

  constructor(name: string) {
    this.#name = name
  }

  value(): void {
    if (++this.#values > MAX_VALUES)
      throw invalid(`${this.#name}: more than ${MAX_VALUES} values, which no model needs`)
  }

  /** Runs `read` one level deeper. */
  deeper<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw invalid(`${this.#name}: nested deeper than ${MAX_DEPTH} levels, which no model is`)
    const result = read()
    this.#depth--
    return result
  }
}
