import { setFlagsFromString } from 'node:v8'
import { invalid } from '../errors.js'
import { translateRegex } from './regex.js'

// https://v8.dev/blog/non-backtracking-regexp: the flag `l` asks whether a pattern can run in linear time, and one that
// backtracks too often is handed to the engine that does so.
setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** Reading one takes time too, sets that name no case most of all. */
const MOST_CHARACTERS = 10_000

let last: { readonly pattern: string; readonly regex: RegExp; readonly postgres: string } | undefined

/**
 * A regular expression of a client, which cannot hold up the server. The last one is kept, because a query asks for the same
 * one row by row.
 *
 * @throws INVALID_PARAMETER_VALUE for what is none, or needs backtracking
 */
export function linearRegex(pattern: string): RegExp {
  return read(pattern).regex
}

/** The same for PostgreSQL, which matches itself. @throws INVALID_PARAMETER_VALUE as `linearRegex` */
export function postgresRegex(pattern: string): string {
  return read(pattern).postgres
}

function read(pattern: string) {
  if (last?.pattern === pattern) return last
  if (pattern.length > MOST_CHARACTERS)
    throw invalid(
      `Invalid regular expression: it has ${pattern.length} characters, ${MOST_CHARACTERS} are allowed.`,
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
