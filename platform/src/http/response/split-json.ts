/** Text of about this length is made in a millisecond. */
export const CHUNK_LENGTH = 128 * 1024

const DEEPEST_WEIGHED = 64
const DEEPEST_OPENED = 8

/**
 * About how long the text of a value is, escapes aside; more than `most` as soon as it is known to be. It looks at each
 * value but not into texts, so it takes a small part of the time that writing takes.
 */
export function estimateLength(value: unknown, most: number, depth = 0): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null || depth === DEEPEST_WEIGHED) return 8
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

/** Writes a value as JSON: as `JSON.stringify` does but for how it writes numbers. */
export type Stringify = (value: object) => string

/**
 * What `toText` makes of an answer, in pieces of about a length. One text stays whole, and so does what says itself how
 * it is written.
 */
export function splitJson(
  answer: object,
  toText: Stringify = JSON.stringify,
  length = CHUNK_LENGTH,
): Generator<string> {
  return new Splitter(toText, length).of(answer)
}

class Splitter {
  readonly #toText: Stringify
  readonly #length: number

  constructor(toText: Stringify, length: number) {
    this.#toText = toText
    this.#length = length
  }

  *of(value: object, depth = 0): Generator<string> {
    if (!this.#isOpened(value, depth)) yield this.#toText(value)
    else if (Array.isArray(value)) yield* this.#ofList(value, depth + 1)
    else yield* this.#ofObject(value, depth + 1)
  }

  *#ofList(list: readonly unknown[], depth: number): Generator<string> {
    let before = '['
    for (let from = 0; from < list.length; ) {
      yield before
      before = ','
      const item = list[from]
      if (this.#isOpened(item, depth)) {
        yield* this.of(item, depth)
        from++
      } else {
        const end = this.#endOfPiece(list, from)
        yield this.#inner(list.slice(from, end))
        from = end
      }
    }
    yield ']'
  }

  /** After as many as fit into one piece, and after one at least. */
  #endOfPiece(list: readonly unknown[], from: number): number {
    let left = this.#length
    let end = from
    do left -= estimateLength(list[end++], left)
    while (end < list.length && left > 0)
    return left < 0 && end > from + 1 ? end - 1 : end
  }

  *#ofObject(object: Readonly<Record<string, unknown>>, depth: number): Generator<string> {
    let before = '{'
    for (const key of Object.keys(object)) {
      const member = object[key]
      if (this.#isOpened(member, depth)) {
        yield `${before}${JSON.stringify(key)}:`
        yield* this.of(member, depth)
      } else {
        const text = this.#inner({ [key]: member })
        if (text === '') continue // it is undefined
        yield before + text
      }
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }

  #isOpened(value: unknown, depth: number): value is Record<string, unknown> {
    if (typeof value !== 'object' || value === null || depth === DEEPEST_OPENED) return false
    const prototype = Object.getPrototypeOf(value)
    const isPlain = prototype === Array.prototype || prototype === Object.prototype || prototype === null
    return isPlain && !('toJSON' in value) && estimateLength(value, this.#length) > this.#length
  }

  /** The text of a list or an object without its brackets. */
  #inner = (value: object) => this.#toText(value).slice(1, -1)
}
