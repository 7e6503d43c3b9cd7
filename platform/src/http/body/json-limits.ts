import { invalid } from '../../errors.js'

/** Lists and objects; a batch of a thousand metrics has about a thousand. */
const MAX_CONTAINERS = 1_000_000
const MAX_DISTINCT_KEYS = 100_000
/** Shorter bodies parse fast enough not to delay other requests. */
const MIN_CHECKED_LENGTH = 1024 * 1024

const [QUOTE, BACKSLASH, COLON, BRACKET, BRACE, SPACE] = [34, 92, 58, 91, 123, 32]

/**
 * Rejects JSON that would take a hundred times its length in memory and block the event loop for seconds: only brackets,
 * or endless different keys. No client sends either.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkJsonLimits(text: string) {
  if (text.length >= MIN_CHECKED_LENGTH) count(text)
}

function count(text: string) {
  const keys = new Set<number>()
  let containers = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BRACKET || code === BRACE) {
      if (++containers > MAX_CONTAINERS) throw tooMany(`${MAX_CONTAINERS} lists and objects`)
    } else if (code === QUOTE) {
      const end = endOfString(text, at)
      if (isKey(text, end)) keys.add(hashOf(text, at, end))
      if (keys.size > MAX_DISTINCT_KEYS) throw tooMany(`${MAX_DISTINCT_KEYS} different keys`)
      at = end
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE && at < text.length; code = text.charCodeAt(at))
    at += code === BACKSLASH ? 2 : 1
  return at
}

function isKey(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= SPACE) at++
  return text.charCodeAt(at) === COLON
}

/** FNV-1a. Collisions are harmless, because keys are only counted. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

const tooMany = (what: string) =>
  invalid(`The request body contains more than ${what}: split it into several requests.`)
