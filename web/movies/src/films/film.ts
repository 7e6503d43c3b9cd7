import { parseTitle } from './title.js'

/** The model's item id: a number in MovieLens, a string elsewhere. */
export type FilmId = number | string

export interface Film {
  readonly id: FilmId
  /** The id as a string, for URLs and maps. */
  readonly key: string
  readonly title: string
  readonly otherTitles: readonly string[]
  readonly koreanTitle?: string
  readonly year?: number
  readonly genres: readonly string[]
  readonly imdbId?: string
  readonly tmdbId?: string
}

/** A film as tables and model responses describe it. */
export interface FilmSource {
  readonly id: FilmId
  readonly title: string
  /** `Adventure|Comedy` or a list. */
  readonly genres?: unknown
  readonly year?: unknown
  readonly koreanTitle?: unknown
  readonly imdbId?: unknown
  readonly tmdbId?: unknown
}

const NO_GENRES = '(no genres listed)'

export function filmOf(source: FilmSource): Film {
  const { title, otherTitles, year } = parseTitle(source.title)
  const known = year ?? yearOf(source.year)
  const koreanTitle = textOf(source.koreanTitle)
  const imdbId = imdbOf(source.imdbId)
  const tmdbId = textOf(source.tmdbId)
  return {
    id: source.id,
    key: String(source.id),
    title,
    otherTitles,
    genres: genresOf(source.genres),
    ...(known !== undefined && { year: known }),
    ...(koreanTitle && koreanTitle !== title && { koreanTitle }),
    ...(imdbId && { imdbId }),
    ...(tmdbId && { tmdbId }),
  }
}

export const textOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''

function yearOf(value: unknown): number | undefined {
  const year = Number(value)
  return Number.isInteger(year) && year > 1800 && year < 2200 ? year : undefined
}

function genresOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value.map(String) : textOf(value).split('|')
  return list.map((genre) => genre.trim()).filter((genre) => genre && genre !== NO_GENRES)
}

/** `0114709`, `114709` or `tt0114709` → `tt0114709`. */
export function imdbOf(value: unknown): string {
  const digits = textOf(value).replace(/^tt/, '')
  return /^\d+$/.test(digits) ? `tt${digits.padStart(7, '0')}` : ''
}
