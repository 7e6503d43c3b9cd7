import type { Film } from '../films/film.js'
import { compoundsOf, wordsOf } from './fold.js'
import { hasHangul, initialsOf } from './hangul.js'

const ARTICLE = /^(the|an?) /i

const titlesOf = (film: Film) => [
  film.title,
  ...film.otherTitles,
  ...(film.koreanTitle ? [film.koreanTitle] : []),
]

/** All search tokens of a film. */
export function tokensOf(film: Film): Set<string> {
  const titles = titlesOf(film)
  const year = film.year === undefined ? [] : [String(film.year)]
  return new Set([
    ...titles.flatMap((title) => [...wordsOf(title), ...compoundsOf(title)]),
    ...year,
    ...koreanTokens(titles),
  ])
}

/** Korean titles are searched from any word on, with or without spaces, or by initial consonants. */
function koreanTokens(titles: readonly string[]): string[] {
  return titles.filter(hasHangul).flatMap((title) => {
    const words = title.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? []
    const tokens = words.flatMap((word, from) => {
      const rest = words.slice(from).join('')
      return [compact(rest), initialsOf(word), initialsOf(rest)]
    })
    return tokens.filter((token) => token.length > 1)
  })
}

/** Removes separators, to compare full titles. */
export const compact = (text: string) => wordsOf(text).join('')

/** Full titles with and without their article, compacted. */
export function fullTitlesOf(film: Film): string[] {
  const titles = titlesOf(film)
  const bare = titles.filter((title) => ARTICLE.test(title)).map((title) => title.replace(ARTICLE, ''))
  return [...new Set([...titles, ...bare].map(compact))].filter(Boolean)
}
