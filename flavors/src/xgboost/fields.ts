import { invalid } from '@cairn/platform/errors'
import type { Document, NumberArray, Value } from './document.js'

/** Validating accessors for an object of an untrusted file; errors name the path. */
export class Fields {
  readonly path: string
  readonly #document: Document

  /** @throws INVALID_PARAMETER_VALUE unless `value` is an object */
  constructor(value: Value | undefined, path: string) {
    if (!isDocument(value)) throw invalid(`${path}: must be an object`)
    this.#document = value
    this.path = path
  }

  has(key: string): boolean {
    return this.#document[key] !== undefined
  }

  keys(): string[] {
    return Object.keys(this.#document)
  }

  fields(key: string): Fields {
    return new Fields(this.#document[key], `${this.path}.${key}`)
  }

  list(key: string): Fields[] {
    return this.#values(key).map((value, index) => new Fields(value, `${this.path}.${key}[${index}]`))
  }

  text(key: string): string {
    const value = this.#document[key]
    if (typeof value !== 'string') throw this.invalid(key, 'text')
    return value
  }

  texts(key: string): string[] {
    return this.#values(key).map((value) => {
      if (typeof value !== 'string') throw this.invalid(key, 'a list of text')
      return value
    })
  }

  /** Returns all fields, which must be text. */
  allTexts(): Record<string, string> {
    return Object.fromEntries(this.keys().map((key) => [key, this.text(key)]))
  }

  /** Accepts text, too, as XGBoost writes its parameters as text. */
  integer(key: string, min: number, max: number): number {
    const value = this.#document[key]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (!Number.isInteger(number) || (number as number) < min || (number as number) > max)
      throw this.invalid(key, `an integer from ${min} to ${max}`)
    return number as number
  }

  integers(key: string, length?: number): Int32Array {
    const numbers = this.numbers(key, length)
    const integers =
      numbers instanceof Int32Array ? numbers : Int32Array.from(numbers as Float64Array, Number)
    for (let i = 0; i < integers.length; i++)
      if (integers[i] !== Number(numbers[i])) throw this.invalid(key, 'a list of 32-bit integers')
    return integers
  }

  floats(key: string, length?: number): Float32Array {
    const numbers = this.numbers(key, length)
    return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers as Float64Array, Number)
  }

  /** Booleans as zeros and ones. */
  flags(key: string, length?: number): Uint8Array {
    const numbers = this.numbers(key, length)
    const flags = numbers instanceof Uint8Array ? numbers : Uint8Array.from(numbers as Float64Array, Number)
    for (let i = 0; i < flags.length; i++)
      if (flags[i] !== Number(numbers[i]) || flags[i]! > 1)
        throw this.invalid(key, 'a list of zeros and ones')
    return flags
  }

  /** Accepts lists of single values, too, as XGBoost writes some that way. */
  numbers(key: string, length?: number): NumberArray | number[] {
    const value = this.#document[key]
    const numbers = Array.isArray(value) ? value.map((item) => this.#number(key, item)) : value
    if (!Array.isArray(numbers) && !ArrayBuffer.isView(numbers)) throw this.invalid(key, 'a list of numbers')
    if (length !== undefined && numbers.length !== length)
      throw invalid(`${this.path}.${key}: must have ${length} entries, got ${numbers.length}`)
    return numbers as NumberArray | number[]
  }

  invalid(key: string, expected: string) {
    return invalid(`${this.path}.${key}: must be ${expected}`)
  }

  #number(key: string, value: Value): number {
    if (typeof value === 'boolean') return Number(value)
    if (typeof value !== 'number') throw this.invalid(key, 'a list of numbers')
    return value
  }

  #values(key: string): readonly Value[] {
    const value = this.#document[key]
    if (!Array.isArray(value)) throw this.invalid(key, 'a list')
    return value
  }
}

const isDocument = (value: Value | undefined): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
