import { articleFirst } from '../films/title.js'
import { wordsOf } from './fold.js'
import { hasHangul } from './hangul.js'

export interface Query {
  /** Without duplicates. */
  readonly words: readonly string[]
  /** Several words with Hangul, joined, because people put the spaces of Korean titles in other places. The year stays apart. */
  readonly joined?: readonly string[]
  /** All words joined, to compare with full titles. */
  readonly whole: string
  /** The year at the end, and the other words joined. */
  readonly dated?: { readonly year: number; readonly whole: string }
}

/** `Matrix, The (1999)` equals `the matrix 1999`. */
export function parseQuery(text: string): Query {
  const [, title, year] = /^(.*\S)[\s(]+((?:18|19|20)\d\d)\)?\s*$/.exec(text) ?? []
  const titleWords = wordsOf(articleFirst(title ?? text))
  const words = year ? [...titleWords, year] : titleWords
  const whole = titleWords.join('')
  const isJoined = titleWords.length > 1 && hasHangul(whole)
  return {
    words: [...new Set(words)],
    whole: words.join(''),
    ...(isJoined && { joined: year ? [whole, year] : [whole] }),
    ...(year && titleWords.length > 0 && { dated: { year: Number(year), whole } }),
  }
}
