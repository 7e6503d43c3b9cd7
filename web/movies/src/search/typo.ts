import { isInitials } from './hangul.js'

/** Shorter words allow no typos, and words of three letters only swaps, because they have too many neighbours. */
const MIN_TYPO_LENGTH = 3
const MIN_ANY_TYPO_LENGTH = 4

/** Numbers have no typos: 1999 is not 1998. Initial consonants have none either, because most are one edit from others. */
export const mayHaveTypo = (word: string) =>
  word.length >= MIN_TYPO_LENGTH && !/\d/.test(word) && !isInitials(word)

/**
 * Returns whether `typed` is within one edit (substitution, deletion, insertion or swap of neighbours) of a prefix of `word`.
 * An edit can always be moved to the first difference, so only that position is tried.
 */
export function isPrefixWithTypo(typed: string, word: string): boolean {
  const length = Math.min(typed.length, word.length)
  let at = 0
  while (at < length && typed.charCodeAt(at) === word.charCodeAt(at)) at++
  if (at === typed.length) return true
  const isSwapped =
    typed.charCodeAt(at) === word.charCodeAt(at + 1) && typed.charCodeAt(at + 1) === word.charCodeAt(at)
  if (isSwapped && matchesFrom(typed, at + 2, word, at + 2)) return true
  if (typed.length < MIN_ANY_TYPO_LENGTH) return false
  return (
    matchesFrom(typed, at + 1, word, at) || // insertion
    matchesFrom(typed, at + 1, word, at + 1) || // substitution
    matchesFrom(typed, at, word, at + 1) // deletion
  )
}

/** Returns whether the rest of `typed` is a prefix of the rest of `word`. Compares character codes, because it runs for every token. */
function matchesFrom(typed: string, fromTyped: number, word: string, fromWord: number): boolean {
  if (fromWord > word.length || typed.length - fromTyped > word.length - fromWord) return false
  for (let i = fromTyped, j = fromWord; i < typed.length; i++, j++)
    if (typed.charCodeAt(i) !== word.charCodeAt(j)) return false
  return true
}
