import { invalid } from '@cairn/platform/errors'
import { checkJsonLimits } from '@cairn/platform/http/body/json-limits'

const MAX_DEPTH = 100
const [QUOTE, BACKSLASH, BRACKET, BRACE, END_BRACKET, END_BRACE] = [34, 92, 91, 123, 93, 125]

/**
 * Parses JSON. Like MLflow's scoring server, reads the literal `NaN` as a missing value: Python's `json.dumps` writes it.
 *
 * @throws INVALID_PARAMETER_VALUE without a part of the text, also for JSON that is too deep or too large to process
 */
export function parseJson(text: string): unknown {
  checkJsonLimits(text)
  requireDepth(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (text.includes('NaN')) return parseWithoutNaN(text)
    throw malformed(text, cause)
  }
}

function parseWithoutNaN(text: string): unknown {
  try {
    return JSON.parse(mapOutsideStrings(text, (part) => part.split('NaN').join('null'))) // faster than replaceAll
  } catch {
    throw malformed(text) // positions are those of the changed text
  }
}

/** The parser's own message quotes the text. */
function malformed(text: string, cause?: unknown) {
  const [, position] = /at position (\d+)/.exec(String(cause)) ?? []
  const where = position === undefined ? '' : ` at character ${Number(position) + 1}`
  const reason = containsInfinity(text) ? ': Infinity is not a number of JSON' : ''
  return invalid(`The request body is not valid JSON${where}${reason}.`, { cause })
}

function containsInfinity(text: string): boolean {
  if (!text.includes('Infinity')) return false
  for (const [part, isString] of segments(text)) if (!isString && /\bInfinity\b/.test(part)) return true
  return false
}

function requireDepth(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === BRACKET || code === BRACE) {
      if (++depth > MAX_DEPTH) throw invalid(`The request body is nested more than ${MAX_DEPTH} levels deep.`)
    } else if (code === END_BRACKET || code === END_BRACE) depth--
  }
}

/** Changes the parts of a JSON text that are not strings. */
export function mapOutsideStrings(text: string, change: (part: string) => string): string {
  let changed = ''
  for (const [part, isString] of segments(text)) changed += isString ? part : change(part)
  return changed
}

/** Splits JSON into its strings and what is between them. */
function* segments(text: string): Generator<[part: string, isString: boolean]> {
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return yield [text.slice(at), false]
    yield [text.slice(at, quote), false]
    at = endOfString(text, quote) + 1
    yield [text.slice(quote, at), true]
  }
}

/** Returns the index of the closing quote, or the length of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return Math.min(at, text.length)
}
