import { invalid } from '../../errors.js'

/** Values, lists and objects in a body that the event loop parses; a batch of a thousand metrics has about five thousand. */
const MAX_VALUES = 200_000
const MAX_DISTINCT_NAMES = 10_000
const MAX_DEPTH = 200
/** Shorter bodies parse fast enough not to delay other requests. */
const MIN_CHECKED_LENGTH = 64 * 1024

const [QUOTE, COMMA, BACKSLASH, COLON, BRACKET, BRACE, SPACE] = [34, 44, 92, 58, 91, 123, 32]
const [END_BRACKET, END_BRACE] = [93, 125]

/**
 * Rejects JSON that would take a hundred times its length in memory and block the event loop: only brackets, endless
 * numbers, or endless different names. No client sends either.
 *
 * @param maxValues higher for a thread on which nobody else waits
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkJsonLimits(text: string, maxValues = MAX_VALUES) {
  if (text.length < MIN_CHECKED_LENGTH) return
  const names = new Set<number>()
  const structure = new StructureLimits(maxValues)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== QUOTE) {
      structure.add(code)
      continue
    }
    const end = endOfString(text, at)
    if (isName(text, end)) names.add(hashOf(text, at, end))
    if (names.size > MAX_DISTINCT_NAMES) throw tooMany(`${MAX_DISTINCT_NAMES} different names`)
    at = end
  }
}

/** Counts values and depth from the characters outside of strings. */
class StructureLimits {
  readonly #maxValues: number
  #values = 0
  #depth = 0

  constructor(maxValues: number) {
    this.#maxValues = maxValues
  }

  add(code: number) {
    if (code === COMMA) this.#addValue()
    else if (code === BRACKET || code === BRACE) {
      this.#addValue()
      if (++this.#depth > MAX_DEPTH)
        throw invalid(`The request body is nested deeper than ${MAX_DEPTH} lists and objects.`)
    } else if (code === END_BRACKET || code === END_BRACE) this.#depth--
  }

  #addValue() {
    if (++this.#values > this.#maxValues) throw tooMany(`${this.#maxValues} values`)
  }
}

function endOfString(text: string, start: number): number {
  let at = start
  do {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
  } while (isEscaped(text, at))
  return at
}

/** An odd number of backslashes escapes a character. */
function isEscaped(text: string, at: number): boolean {
  let start = at
  while (text.charCodeAt(start - 1) === BACKSLASH) start--
  return (at - start) % 2 === 1
}

function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= SPACE) at++
  return text.charCodeAt(at) === COLON
}

/** FNV-1a. Collisions are harmless, because names are only counted. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

const tooMany = (what: string) =>
  invalid(`The request body contains more than ${what}: split it into several requests.`)
