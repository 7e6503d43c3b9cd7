/** The number of characters that are serialized in about a millisecond. */
export const CHUNK_LENGTH = 128 * 1024

const MAX_ESTIMATED_DEPTH = 64
const MAX_SPLIT_DEPTH = 8

/**
 * Estimates the length of a value's JSON, without escapes, and stops once the estimate exceeds `most`. This is much faster than
 * serializing, because strings are not read.
 */
export function estimateLength(value: unknown, most: number, depth = 0): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null || depth === MAX_ESTIMATED_DEPTH) return 8
  let weight = 2
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && weight <= most; i++)
      weight += 1 + estimateLength(value[i], most - weight, depth + 1)
    return weight
  }
  const object = value as Record<string, unknown>
  for (const key in object) {
    weight += key.length + 4 + estimateLength(object[key], most - weight, depth + 1)
    if (weight > most) break
  }
  return weight
}

/** Serializes a value like `JSON.stringify`, except for how it writes numbers. */
export type Stringify = (value: object) => string

/** Splits the result of `toText` into chunks of about `length` characters. Strings and objects with `toJSON` are not split. */
export function splitJson(
  value: object,
  toText: Stringify = JSON.stringify,
  length = CHUNK_LENGTH,
): Generator<string> {
  return new Splitter(toText, length).split(value)
}

class Splitter {
  readonly #toText: Stringify
  readonly #length: number

  constructor(toText: Stringify, length: number) {
    this.#toText = toText
    this.#length = length
  }

  *split(value: object, depth = 0): Generator<string> {
    if (!this.#isSplit(value, depth)) yield this.#toText(value)
    else if (Array.isArray(value)) yield* this.#splitList(value, depth + 1)
    else yield* this.#splitObject(value, depth + 1)
  }

  *#splitList(list: readonly unknown[], depth: number): Generator<string> {
    let before = '['
    for (let from = 0; from < list.length; ) {
      yield before
      before = ','
      const item = list[from]
      if (this.#isSplit(item, depth)) {
        yield* this.split(item, depth)
        from++
      } else {
        const end = this.#endOfChunk(list, from)
        yield this.#inner(list.slice(from, end))
        from = end
      }
    }
    yield ']'
  }

  /** Returns the index after as many items as fit into one chunk, at least one. */
  #endOfChunk(list: readonly unknown[], from: number): number {
    let left = this.#length
    let end = from
    do left -= estimateLength(list[end++], left)
    while (end < list.length && left > 0)
    return left < 0 && end > from + 1 ? end - 1 : end
  }

  *#splitObject(object: Readonly<Record<string, unknown>>, depth: number): Generator<string> {
    let before = '{'
    for (const key of Object.keys(object)) {
      const member = object[key]
      if (this.#isSplit(member, depth)) {
        yield `${before}${JSON.stringify(key)}:`
        yield* this.split(member, depth)
      } else {
        const text = this.#inner({ [key]: member })
        if (text === '') continue // the member is undefined
        yield before + text
      }
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }

  #isSplit(value: unknown, depth: number): value is Record<string, unknown> {
    if (typeof value !== 'object' || value === null || depth === MAX_SPLIT_DEPTH) return false
    const prototype = Object.getPrototypeOf(value)
    const isPlain = prototype === Array.prototype || prototype === Object.prototype || prototype === null
    return isPlain && !('toJSON' in value) && estimateLength(value, this.#length) > this.#length
  }

  /** Returns the JSON of a list or an object without its brackets. */
  #inner = (value: object) => this.#toText(value).slice(1, -1)
}
