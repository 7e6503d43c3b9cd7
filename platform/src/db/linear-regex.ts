import { setFlagsFromString } from 'node:v8'
import { invalid } from '../errors.js'

// https://v8.dev/blog/non-backtracking-regexp: the flag `l` asks whether a pattern can run in linear time, and one that
// backtracks too often is handed to the engine that does so.
setFlagsFromString('--enable-experimental-regexp-engine')
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

let last: { readonly pattern: string; readonly regex: RegExp } | undefined

/**
 * A regular expression of a client, which cannot hold up the server. The last one is kept, because a query asks for the same
 * one row by row.
 *
 * @throws INVALID_PARAMETER_VALUE for what is none, or needs backtracking
 */
export function linearRegex(pattern: string): RegExp {
  if (last?.pattern === pattern) return last.regex
  try {
    new RegExp(pattern, 'l')
    last = { pattern, regex: new RegExp(pattern) }
    return last.regex
  } catch (cause) {
    throw invalid(
      `Invalid regular expression ${JSON.stringify(pattern.slice(0, 100))}: it must run in linear time, without back references or lookaround.`,
      { cause },
    )
  }
}

/** For engines that match themselves. @throws INVALID_PARAMETER_VALUE as `linearRegex` */
export function checkedPattern(pattern: string): string {
  linearRegex(pattern)
  return pattern
}
