import { invalid } from '../errors.js'
import { linearRegex } from './linear-regex.js'

/** The longest time, which a long expression and many long texts take, because SQLite tests all rows in one turn. */
const MAX_MS = 2_000

/**
 * Returns a function that tests texts. It fails once the tests in one turn of the event loop have taken too long, because they
 * block other requests.
 */
export function timedRegex(now = () => performance.now()): (pattern: string, text: string) => boolean {
  let spent: number | undefined
  const reset = () => {
    spent = undefined
  }
  /** @throws INVALID_PARAMETER_VALUE */
  return (pattern, text) => {
    const regex = linearRegex(pattern)
    if (spent === undefined) setImmediate(reset).unref()
    const began = now()
    const matches = regex.test(text)
    spent = (spent ?? 0) + now() - began
    if (spent <= MAX_MS) return matches
    reset() // other requests may follow in this turn
    throw invalid(
      'The regular expressions take too long for this many texts: shorten them, or add other conditions to the filter.',
    )
  }
}
