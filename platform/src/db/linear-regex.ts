import { setFlagsFromString } from 'node:v8'
import { invalid } from '../errors.js'
import { translateRegex } from './regex.js'

// https://v8.dev/blog/non-backtracking-regexp: the flag `l` accepts only patterns that can run in linear time; a pattern
// that backtracks too often is run by the linear engine.
setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** Compiling takes time too, case-insensitive sets most of all. */
const MAX_CHARACTERS = 10_000

let last: { readonly pattern: string; readonly regex: RegExp; readonly postgres: string } | undefined

/**
 * Compiles a regular expression of a client so that it cannot block the server. Caches the last one, because a query uses
 * it for every row.
 *
 * @throws INVALID_PARAMETER_VALUE if it is invalid or needs backtracking
 */
export function linearRegex(pattern: string): RegExp {
  return read(pattern).regex
}

/** Translates the expression for PostgreSQL. @throws INVALID_PARAMETER_VALUE like `linearRegex` */
export function postgresRegex(pattern: string): string {
  return read(pattern).postgres
}

function read(pattern: string) {
  if (last?.pattern === pattern) return last
  if (pattern.length > MAX_CHARACTERS)
    throw invalid(
      `Invalid regular expression: it has ${pattern.length} characters; at most ${MAX_CHARACTERS} are allowed.`,
    )
  try {
    const { javascript, flags, postgres } = translateRegex(pattern)
    new RegExp(javascript, `l${flags}`)
    last = { pattern, regex: new RegExp(javascript, flags), postgres }
    return last
  } catch (cause) {
    throw invalid(
      `Invalid regular expression ${JSON.stringify(pattern.slice(0, 100))}: it must run in linear time, without back references or lookaround, and have no flags but (?i), (?m) and (?s), at its start.`,
      { cause },
    )
  }
}
