import type { RecommendationResponse } from '../api/recommendations.js'
import type { Titles } from '../api/titles.js'
import type { SearchIndex } from '../search/search-index.js'
import type { Film } from './film.js'

/** All known films, from the catalog table and model responses. */
export interface Library {
  readonly index: SearchIndex
  readonly size: number
  find(key: string): Film | undefined
  /** Most popular first. */
  readonly popular: readonly Film[]
}

/** Falls back to the model's popular films if the table cannot be read. */
export const filmsOf = (
  titles: Titles | undefined,
  popular: RecommendationResponse | undefined,
): readonly Film[] => titles?.films ?? popular?.recommendations.map(({ film }) => film) ?? []

/** @param index of the same films. Building it is slow, so it is reused when only the popularity changes */
export function libraryOf(
  films: readonly Film[],
  index: SearchIndex,
  popular: RecommendationResponse | undefined,
): Library {
  const recommended = popular?.recommendations ?? []
  const byKey = new Map(films.map((film) => [film.key, film]))
  index.rankBy(new Map(recommended.map(({ film, score }) => [film.key, score])))
  return {
    index,
    size: films.length,
    find: (key) => byKey.get(key),
    popular: recommended.map(({ film }) => byKey.get(film.key) ?? film),
  }
}
