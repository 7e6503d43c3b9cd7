/** Shorter words have no slips at all, and a little longer ones only swapped letters: they have too many neighbours. */
const SHORTEST = 3
const SHORTEST_ANY = 4

/** Numbers are meant as they are typed: 1999 is not 1998. */
export const mayHaveTypo = (word: string) => word.length >= SHORTEST && !/\d/.test(word)

/**
 * Whether `typed` is at most one slip (a letter wrong, missing, too many, or two swapped) from a beginning of `word`.
 * One slip can always be placed where the two first differ, so only that place is tried.
 */
export function isNearPrefix(typed: string, word: string): boolean {
  const length = Math.min(typed.length, word.length)
  let at = 0
  while (at < length && typed.charCodeAt(at) === word.charCodeAt(at)) at++
  if (at === typed.length) return true
  const isSwapped =
    typed.charCodeAt(at) === word.charCodeAt(at + 1) && typed.charCodeAt(at + 1) === word.charCodeAt(at)
  if (isSwapped && goesOn(typed, at + 2, word, at + 2)) return true
  if (typed.length < SHORTEST_ANY) return false
  return (
    goesOn(typed, at + 1, word, at) || // too many
    goesOn(typed, at + 1, word, at + 1) || // wrong
    goesOn(typed, at, word, at + 1) // missing
  )
}

/** Whether the rest of `typed` begins the rest of `word`. By character codes: it runs for every word there is. */
function goesOn(typed: string, fromTyped: number, word: string, fromWord: number): boolean {
  if (fromWord > word.length || typed.length - fromTyped > word.length - fromWord) return false
  for (let i = fromTyped, j = fromWord; i < typed.length; i++, j++)
    if (typed.charCodeAt(i) !== word.charCodeAt(j)) return false
  return true
}
