import type { MovieTitle } from '@cairn/platform/protocol/cairn/movies'
import KOREAN_TITLES from './korean-titles.json' with { type: 'json' }

/** `[MovieLens title, title of the release in Korea]` by MovieLens id. Films whose Korean title is not certain are left out. */
export const koreanTitles: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(KOREAN_TITLES))

/** Adds Korean titles to films that the table has none for. */
export const withKoreanTitles = (films: readonly MovieTitle[]): MovieTitle[] =>
  films.map((film) => {
    const korean = film.title_ko || koreanTitleOf(film)
    return korean ? { ...film, title_ko: korean } : film
  })

/** Compares title and year, because other data sets use the same ids for other films. */
function koreanTitleOf({ id, title, year }: MovieTitle): string | undefined {
  const [known = '', korean] = koreanTitles.get(String(id)) ?? []
  return nameOf(known) === nameOf(title, year) ? korean : undefined
}

/** Without the other titles in brackets, which differ between editions: `Seven (a.k.a. Se7en) (1995)` → `seven 1995`. */
function nameOf(title: string, year?: unknown): string {
  const [, ofTitle = year] = /\((\d{4})\)\s*$/.exec(title) ?? []
  return `${title
    .replace(/\s+\(.*$/, '')
    .trim()
    .toLowerCase()} ${ofTitle}`
}
