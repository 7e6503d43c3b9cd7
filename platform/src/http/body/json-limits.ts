import { invalid } from '../../errors.js'

export interface JsonLimits {
  /** The number of members and items, including lists and objects. */
  readonly values: number
  readonly containers: number
  /** The number of different names. */
  readonly names: number
  readonly depth: number
  /** The number of escaped characters. JSON in JSON has one for each quote. */
  readonly escapes: number
}

/** The limits of bodies that are parsed on the event loop. A batch of a thousand metrics has about five thousand values. */
const EVENT_LOOP_LIMITS: JsonLimits = {
  values: 200_000,
  containers: 200_000,
  names: 10_000,
  depth: 200,
  escapes: 4_000_000,
}

/** The limits of bodies that a thread parses without delaying requests, such as ten thousand rows of four hundred columns. */
export const THREAD_LIMITS: JsonLimits = {
  values: 4_000_000,
  containers: 1_000_000,
  names: 100_000,
  depth: Number.POSITIVE_INFINITY,
  escapes: Number.POSITIVE_INFINITY,
}

/** The length from which bodies are checked. Shorter ones are parsed fast enough not to delay other requests. */
const MIN_CHECKED_LENGTH = 64 * 1024

const [QUOTE, COMMA, U, BACKSLASH, COLON, BRACKET, BRACE, SPACE] = [34, 44, 117, 92, 58, 91, 123, 32]
const [END_BRACKET, END_BRACE] = [93, 125]

/**
 * Rejects JSON that would take a hundred times its length in memory and block the event loop: only brackets, or endless
 * numbers or names, which no client sends. Rejects a NUL too, because databases reject it or truncate the text.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkJson(text: string) {
  if (text.length >= MIN_CHECKED_LENGTH) check(text, EVENT_LOOP_LIMITS, rejectNul)
  else if (containsNul(text)) throw nulCharacter()
}

/** Like `checkJson`, with other limits and without the check for NUL. @throws INVALID_PARAMETER_VALUE */
export function checkJsonLimits(text: string, limits: JsonLimits) {
  if (text.length >= MIN_CHECKED_LENGTH) check(text, limits)
}

type OnEscape = (text: string, at: number) => void

function check(text: string, limits: JsonLimits, onEscape?: OnEscape) {
  const strings = new StringLimits(text, limits, onEscape)
  const structure = new StructureLimits(limits)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = strings.skip(at)
    else structure.add(code)
  }
}

function rejectNul(text: string, at: number) {
  if (text.charCodeAt(at + 1) === U && text.startsWith('0000', at + 2)) throw nulCharacter()
}

/** Counts escaped characters and different names. */
class StringLimits {
  readonly #text: string
  readonly #limits: JsonLimits
  readonly #onEscape: OnEscape | undefined
  readonly #names = new Set<number>()
  #escapes = 0

  constructor(text: string, limits: JsonLimits, onEscape?: OnEscape) {
    this.#text = text
    this.#limits = limits
    this.#onEscape = onEscape
  }

  /** Returns the index of the closing quote. */
  skip(start: number): number {
    const text = this.#text
    let end = start + 1
    for (let code = text.charCodeAt(end); code !== QUOTE && end < text.length; code = text.charCodeAt(end)) {
      if (code === BACKSLASH) this.#addEscape(end)
      end += code === BACKSLASH ? 2 : 1
    }
    if (isName(text, end)) this.#names.add(hashOf(text, start, end))
    const { names } = this.#limits
    if (this.#names.size > names) throw tooMany(`${names} different names`)
    return end
  }

  #addEscape(at: number) {
    const { escapes } = this.#limits
    if (++this.#escapes > escapes) throw tooMany(`${escapes} escaped characters`)
    this.#onEscape?.(this.#text, at)
  }
}

/** Counts values and depth from the characters outside of strings. */
class StructureLimits {
  readonly #limits: JsonLimits
  #values = 0
  #containers = 0
  #depth = 0

  constructor(limits: JsonLimits) {
    this.#limits = limits
  }

  add(code: number) {
    if (code === COMMA) this.#addValue()
    else if (code === BRACKET || code === BRACE) this.#open()
    else if (code === END_BRACKET || code === END_BRACE) this.#depth--
  }

  #open() {
    const { containers, depth } = this.#limits
    this.#addValue()
    if (++this.#containers > containers) throw tooMany(`${containers} lists and objects`)
    if (++this.#depth > depth)
      throw invalid(`The request body is nested deeper than ${depth} lists and objects.`)
  }

  #addValue() {
    const { values } = this.#limits
    if (++this.#values > values) throw tooMany(`${values} values`)
  }
}

function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= SPACE) at++
  return text.charCodeAt(at) === COLON
}

/** Returns the FNV-1a hash of a name. Collisions are harmless, because names are only counted. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

const NUL = '\\u0000'

/** Finds an escaped NUL. An odd number of backslashes before an escape means that the escape itself is escaped. */
function containsNul(text: string): boolean {
  for (let at = text.indexOf(NUL); at >= 0; at = text.indexOf(NUL, at + NUL.length)) {
    let start = at
    while (text[start - 1] === '\\') start--
    if ((at - start) % 2 === 0) return true
  }
  return false
}

const nulCharacter = () =>
  invalid('The request body contains a NUL character (\\u0000), which is not allowed in text.')

const tooMany = (what: string) =>
  invalid(`The request body contains more than ${what}: split it into several requests.`)
