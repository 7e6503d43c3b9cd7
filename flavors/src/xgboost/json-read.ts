import { invalid } from '@cairn/platform/errors'
import { exactDecimal } from './decimal.js'
import { DecodeLimits, type Document, emptyDocument, type Value } from './document.js'

const [TAB, NEWLINE, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20]
const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
const [PLUS, MINUS, POINT, ZERO, NINE, LARGE_E, SMALL_E] = [0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x45, 0x65]
const WORDS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  '-nan': Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
  true: 1,
  false: 0,
}
/** Longer than any valid number. */
const MAX_CHARACTERS = 400

/**
 * Reads XGBoost's JSON dialect, in which bare `NaN` and `inf` are numbers. Lists of numbers or booleans are read into typed
 * arrays directly, so that memory stays within a few times the length of the text.
 *
 * @throws INVALID_PARAMETER_VALUE naming the file and the position
 */
export const readJson = (bytes: Uint8Array, name: string): Value => new JsonReader(bytes, name).read()

class JsonReader {
  readonly #bytes: Buffer
  readonly #name: string
  readonly #limits: DecodeLimits
  #at = 0
  /** The number being read is `#digits` × 10^`#exponent`, from `#count` digits. */
  #digits = 0
  #count = 0
  #exponent = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#name = name
    this.#limits = new DecodeLimits(name)
  }

  read(): Value {
    const value = this.#value()
    if (this.#peek() !== undefined) throw this.#expected('the end')
    return value
  }

  #value(): Value {
    this.#limits.countValue()
    switch (this.#peek()) {
      case OPEN_OBJECT:
        return this.#limits.nested(() => this.#object())
      case OPEN_LIST:
        return this.#limits.nested(() => this.#list())
      case QUOTE:
        return this.#string()
      default:
        return this.#scalar()
    }
  }

  #object(): Document {
    const document = emptyDocument()
    this.#at++
    if (this.#skip(CLOSE_OBJECT)) return document
    do {
      if (this.#peek() !== QUOTE) throw this.#expected('a key')
      const key = this.#string()
      if (!this.#skip(COLON)) throw this.#expected("':'")
      document[key] = this.#value()
    } while (this.#skip(COMMA))
    if (!this.#skip(CLOSE_OBJECT)) throw this.#expected("',' or '}'")
    return document
  }

  #list(): Value {
    this.#at++
    if (this.#skip(CLOSE_LIST)) return []
    const first = this.#peek()
    if (first !== OPEN_OBJECT && first !== OPEN_LIST && first !== QUOTE) return this.#numbers()
    const list: Value[] = []
    do list.push(this.#value())
    while (this.#skip(COMMA))
    if (!this.#skip(CLOSE_LIST)) throw this.#expected("',' or ']'")
    return list
  }

  #numbers(): Float64Array {
    let numbers = new Float64Array(16)
    let length = 0
    do {
      if (length === numbers.length) {
        const larger = new Float64Array(2 * length)
        larger.set(numbers)
        numbers = larger
      }
      this.#peek()
      numbers[length++] = this.#number()
    } while (this.#skip(COMMA))
    if (!this.#skip(CLOSE_LIST)) throw this.#expected("a number, ',' or ']'")
    return numbers.slice(0, length)
  }

  #scalar(): Value {
    const word = this.#word()
    if (word !== 'null' && word !== 'true' && word !== 'false') return this.#number()
    this.#at += word.length
    return word === 'null' ? null : word === 'true'
  }

  /** Fast path for few digits and small exponents; everything else is parsed by `Number`. */
  #number(): number {
    const bytes = this.#bytes
    const negative = bytes[this.#at] === MINUS
    let at = this.#readDigits(negative ? this.#at + 1 : this.#at)
    if (this.#count === 0 || this.#count > 15) return this.#longNumber()
    if (bytes[at] === SMALL_E || bytes[at] === LARGE_E) {
      const end = skipExponent(bytes, at + 1)
      this.#exponent += Number(bytes.toString('latin1', at + 1, end))
      at = end
    }
    const exact = exactDecimal(this.#digits, this.#exponent)
    if (exact === undefined) return this.#longNumber()
    this.#at = at
    return negative ? -exact : exact
  }

  /** Sets the three fields from digits with at most one point. Returns their end. */
  #readDigits(from: number): number {
    const bytes = this.#bytes
    this.#digits = this.#count = this.#exponent = 0
    let point = false
    for (let at = from; ; at++) {
      const byte = bytes[at]!
      if (byte >= ZERO && byte <= NINE) {
        this.#digits = this.#digits * 10 + byte - ZERO
        this.#count++
        if (point) this.#exponent--
      } else if (byte === POINT && !point) point = true
      else return at
    }
  }

  #longNumber(): number {
    const word = this.#word()
    const number = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()]! : Number(word)
    if (word === '' || (Number.isNaN(number) && !/^-?nan$/i.test(word))) throw this.#expected('a value')
    this.#at += word.length
    return number
  }

  /** Returns the text up to the next separator, without advancing. */
  #word(): string {
    const bytes = this.#bytes
    const start = this.#at
    let end = start
    while (end < bytes.length && end - start <= MAX_CHARACTERS && !ENDS_WORD.has(bytes[end]!)) end++
    if (end - start > MAX_CHARACTERS) throw this.#expected('a value')
    return bytes.toString('latin1', start, end)
  }

  #string(): string {
    const bytes = this.#bytes
    const start = ++this.#at
    let escaped = false
    let end = start
    for (; bytes[end] !== QUOTE; end++) {
      if (end >= bytes.length) throw this.#expected('the end of a string')
      if (bytes[end] === BACKSLASH) {
        escaped = true
        end++
      }
    }
    this.#at = end + 1
    const text = bytes.toString('utf8', start, end)
    return escaped ? this.#unescape(text) : text
  }

  #unescape(text: string): string {
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      throw this.#expected('a string')
    }
  }

  #skip(byte: number): boolean {
    if (this.#peek() !== byte) return false
    this.#at++
    return true
  }

  /** Skips white space and returns the next byte. */
  #peek(): number | undefined {
    const bytes = this.#bytes
    while (isSpace(bytes[this.#at])) this.#at++
    return bytes[this.#at]
  }

  #expected(token: string) {
    return invalid(`${this.#name}: not readable as JSON: expected ${token} at byte ${this.#at}`)
  }
}

const ENDS_WORD = new Set([TAB, NEWLINE, RETURN, SPACE, COMMA, COLON, CLOSE_LIST, CLOSE_OBJECT, QUOTE])

const isSpace = (byte: number | undefined) =>
  byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB

function skipExponent(bytes: Buffer, from: number): number {
  let at = from
  if (bytes[at] === MINUS || bytes[at] === PLUS) at++
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  return at
}
