import type { Answer } from '../api/recommendations.js'
import type { Titles } from '../api/titles.js'
import type { SearchIndex } from '../search/search-index.js'
import type { Film } from './film.js'

/** Every film the page knows of, from the table and from answers. */
export interface Library {
  readonly index: SearchIndex
  readonly size: number
  find(key: string): Film | undefined
  /** The most popular first. */
  readonly popular: readonly Film[]
}

/** Where the table cannot be read, the films that the model knows as popular have to do. */
export const filmsOf = (titles: Titles | undefined, popular: Answer | undefined): readonly Film[] =>
  titles?.films ?? popular?.recommendations.map(({ film }) => film) ?? []

/** @param index of the same films; it takes some time to make, so it is kept when only the popularity is news */
export function libraryOf(films: readonly Film[], index: SearchIndex, popular: Answer | undefined): Library {
  const answered = popular?.recommendations ?? []
  const byKey = new Map(films.map((film) => [film.key, film]))
  index.rankBy(new Map(answered.map(({ film, score }) => [film.key, score])))
  return {
    index,
    size: films.length,
    find: (key) => byKey.get(key),
    popular: answered.map(({ film }) => byKey.get(film.key) ?? film),
  }
}
