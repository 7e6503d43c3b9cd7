import { setFlagsFromString } from 'node:v8'
import { invalid } from '../errors.js'
import { translateRegex } from './regex.js'

// https://v8.dev/blog/non-backtracking-regexp: the flag `l` accepts only patterns that can run in linear time; a pattern
// that backtracks too often is run by the linear engine.
setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

/** The longest expression, because time grows with it too: 1,000 characters may take half a second for a text of 6,000. */
const MAX_CHARACTERS = 1_000

/** The size of the cache. A query uses all expressions of its filter for each row, and a filter has at most that many. */
const MAX_CACHED = 100

interface CompiledRegex {
  readonly regex: RegExp
  readonly postgres: string
}

const cache = new Map<string, CompiledRegex>()

/**
 * Compiles a regular expression of a client so that it runs in linear time. The result is cached.
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

function read(pattern: string): CompiledRegex {
  const known = cache.get(pattern)
  if (known) return known
  if (pattern.length > MAX_CHARACTERS)
    throw invalid(
      `Invalid regular expression: it has ${pattern.length} characters; at most ${MAX_CHARACTERS} are allowed.`,
    )
  try {
    const { javascript, flags, postgres } = translateRegex(pattern)
    new RegExp(javascript, `l${flags}`)
    const compiled = { regex: new RegExp(javascript, flags), postgres }
    if (cache.size === MAX_CACHED) cache.delete(cache.keys().next().value!)
    cache.set(pattern, compiled)
    return compiled
  } catch (cause) {
    throw invalid(
      `Invalid regular expression ${JSON.stringify(pattern.slice(0, 100))}: it must run in linear time, without back references or lookaround, and have no flags but (?i), (?m) and (?s), at its start.`,
      { cause },
    )
  }
}
