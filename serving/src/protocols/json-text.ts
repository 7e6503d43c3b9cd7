import { invalid } from '@cairn/platform/errors'
import { checkJsonLimits, THREAD_LIMITS } from '@cairn/platform/http/body/json-limits'

const MAX_DEPTH = 100
const [QUOTE, BACKSLASH, BRACKET, BRACE, END_BRACKET, END_BRACE] = [34, 92, 91, 123, 93, 125]

/**
 * Parses JSON. Like MLflow's scoring server, reads the literal `NaN` as a missing value: Python's `json.dumps` writes it.
 *
 * @throws INVALID_PARAMETER_VALUE without a part of the text, also for JSON that is too deep or too large to process
 */
export function parseJson(text: string): unknown {
  requireDepth(text)
  checkJsonLimits(text, THREAD_LIMITS)
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (text.includes('NaN')) return parseWithoutNaN(text)
    throw malformed(text, cause)
  }
}

function parseWithoutNaN(text: string): unknown {
  try {
    return JSON.parse(replaceOutsideStrings(text, /NaN/g, () => 'null'))
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
  return text.includes('Infinity') && replaceOutsideStrings(text, /\bInfinity\b/g, () => '') !== text
}

function requireDepth(text: string): void {
  if (!hasManyContainers(text)) return
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === BRACKET || code === BRACE) {
      if (++depth > MAX_DEPTH) throw invalid(`The request body is nested more than ${MAX_DEPTH} levels deep.`)
    } else if (code === END_BRACKET || code === END_BRACE) depth--
  }
}

/** Returns whether the text could be too deep. `indexOf` scans a text ten times as fast as a loop. */
function hasManyContainers(text: string): boolean {
  let count = 0
  for (const opening of ['[', '{'])
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1))
      if (++count > MAX_DEPTH) return true
  return false
}

/**
 * Replaces the matches in a JSON text that are not in strings, in one pass over the text.
 *
 * @param pattern global; matches no quotes
 */
export function replaceOutsideStrings(
  text: string,
  pattern: RegExp,
  replace: (match: string) => string,
): string {
  let changed = ''
  let copied = 0
  /** The end of the last string that was passed, and the start of the next one. */
  let [end, quote] = [0, text.indexOf('"')]
  for (const { 0: match, index } of text.matchAll(pattern)) {
    while (quote >= 0 && quote < index) {
      end = endOfString(text, quote) + 1
      quote = text.indexOf('"', end)
    }
    if (index < end) continue
    changed += text.slice(copied, index) + replace(match)
    copied = index + match.length
  }
  return changed + text.slice(copied)
}

/** Returns the index of the closing quote, or the length of the text. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return Math.min(at, text.length)
}
