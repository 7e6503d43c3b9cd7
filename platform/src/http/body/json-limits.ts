import { invalid } from '../../errors.js'

/** Of lists and objects; a batch of a thousand metrics has a thousand. */
const MAX_CONTAINERS = 1_000_000
const MAX_DISTINCT_KEYS = 100_000
/** What is shorter takes no time that others would notice. */
const MIN_CHECKED_LENGTH = 1024 * 1024

const [QUOTE, BACKSLASH, COLON, BRACKET, BRACE, SPACE] = [34, 92, 58, 91, 123, 32]

/**
 * Refuses JSON that no client sends and that would take a hundred times its length in memory, and seconds for which all
 * others wait: of mere brackets, or of ever new names.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkJsonLimits(text: string) {
  if (text.length >= MIN_CHECKED_LENGTH) count(text)
}

function count(text: string) {
  const names = new Set<number>()
  let nested = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BRACKET || code === BRACE) {
      if (++nested > MAX_CONTAINERS) throw tooMany(`${MAX_CONTAINERS} lists and objects`)
    } else if (code === QUOTE) {
      const end = endOfText(text, at)
      if (isName(text, end)) names.add(hashOf(text, at, end))
      if (names.size > MAX_DISTINCT_KEYS) throw tooMany(`${MAX_DISTINCT_KEYS} different names`)
      at = end
    }
  }
}

function endOfText(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE && at < text.length; code = text.charCodeAt(at))
    at += code === BACKSLASH ? 2 : 1
  return at
}

function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= SPACE) at++
  return text.charCodeAt(at) === COLON
}

/** The same for the same name. That it is for a few others too does not matter, as names are only counted. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

const tooMany = (what: string) =>
  invalid(`The request body holds more than ${what} of JSON: send it in several requests.`)
