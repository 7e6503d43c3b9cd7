const REDACTED = '[REDACTED]'

/** The least length of encoded forms and lines. Shorter ones occur in ordinary text. */
const MIN_FORM = 8
/** The largest number of lines, which keeps redaction fast. A key in PEM has about 50 lines. */
const MAX_LINES = 200

/** A secret with its failure function (Knuth, Morris, Pratt 1977), because its beginning may occur again in it. */
interface Pattern {
  readonly value: string
  /** The length of the longest proper prefix of the value that ends at an index. */
  readonly borders: Uint32Array
}

/** The first place in a text where a value is, or where the end of the text may begin one. */
interface Occurrence {
  readonly pattern: Pattern
  /** The index of the place; the length of the text if there is none. */
  readonly index: number
  readonly isWhole: boolean
}

/**
 * Replaces the values of secrets in a stream of text, wherever its chunks are cut. If values overlap, it replaces the first
 * one, and the longest of those that begin at the same place. It holds back only text that may begin a value. Secrets are
 * also found trimmed, in JSON and in Base64, and line by line.
 */
export class Redactor {
  readonly #patterns: readonly Pattern[]
  #held = ''

  constructor(secrets: readonly string[]) {
    const forms = [...secrets.flatMap(formsOf), ...secrets.flatMap(linesOf).slice(0, MAX_LINES)]
    const values = [...new Set(forms)].filter(Boolean).sort((a, b) => b.length - a.length)
    this.#patterns = values.map((value) => ({ value, borders: bordersOf(value) }))
  }

  /** Adds a chunk. @returns the part of the text so far that no further chunk changes */
  push(chunk: string): string {
    return this.#advance(this.#held + chunk, false)
  }

  /** Ends the stream. @returns the rest */
  end(): string {
    return this.#advance(this.#held, true)
  }

  /** Redacts a text that is not part of the stream. */
  redact(text: string): string {
    return this.#split(text, true).done
  }

  #advance(text: string, isLast: boolean): string {
    const { done, rest } = this.#split(text, isLast)
    this.#held = rest
    return done
  }

  /** Redacts a text. @returns the redacted beginning, and the rest, which may begin a value */
  #split(text: string, isLast: boolean): { readonly done: string; readonly rest: string } {
    let done = ''
    let from = 0
    let places = this.#patterns.map((pattern) => find(text, 0, pattern, isLast))
    for (;;) {
      const first = places.reduce<Occurrence | undefined>(earlier, undefined)
      const index = first?.index ?? text.length
      done += text.slice(from, index)
      if (!first?.isWhole) return { done, rest: text.slice(index) }
      done += REDACTED
      from = index + first.pattern.value.length
      places = places.map((place) => (place.index < from ? find(text, from, place.pattern, isLast) : place))
    }
  }
}

/** Returns the forms in which programs print a secret, such as without its line break. */
function formsOf(secret: string): string[] {
  const trimmed = secret.trim()
  const encoded = [secret, trimmed].flatMap((text) => {
    const json = JSON.stringify(text).slice(1, -1)
    const bytes = Buffer.from(text)
    return [json, asciiOf(json), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
  })
  return [secret, trimmed, ...encoded.filter(() => trimmed.length >= MIN_FORM)]
}

/** Returns JSON as Python writes it. */
const asciiOf = (json: string) =>
  json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const linesOf = (secret: string): string[] =>
  secret
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_FORM)

/** Returns the earlier place. Of places with the same index, it is that of the longer value, which comes first. */
const earlier = (best: Occurrence | undefined, place: Occurrence) =>
  best === undefined || place.index < best.index ? place : best

/** Finds a pattern in a text. @param isLast whether nothing follows the text, so that no value begins at its end */
function find(text: string, from: number, pattern: Pattern, isLast: boolean): Occurrence {
  const { value, borders } = pattern
  let length = 0
  for (let i = from; i < text.length; i++) {
    if (length === 0) {
      i = text.indexOf(value[0]!, i)
      if (i === -1) break
    }
    while (length > 0 && text[i] !== value[length]) length = borders[length - 1]!
    if (text[i] === value[length]) length++
    if (length === value.length) return { pattern, index: i + 1 - length, isWhole: true }
  }
  return { pattern, index: text.length - (isLast ? 0 : length), isWhole: false }
}

function bordersOf(value: string): Uint32Array {
  const borders = new Uint32Array(value.length)
  for (let i = 1, length = 0; i < value.length; i++) {
    while (length > 0 && value[i] !== value[length]) length = borders[length - 1]!
    if (value[i] === value[length]) length++
    borders[i] = length
  }
  return borders
}
