import { useMemo, useRef } from 'preact/hooks'
import { type RecommendationResponse, recommend } from '../api/recommendations.js'
import type { Server } from '../api/server.js'
import { readTitles } from '../api/titles.js'
import { type Film, type FilmId, filmOf } from '../films/film.js'
import { filmsOf, libraryOf } from '../films/library.js'
import { useMessages } from '../i18n/use-messages.js'
import { SearchIndex } from '../search/search-index.js'
import { useRequest } from './use-request.js'

const MAX_POPULAR = 1000

/** All films from the catalog, and popular films from the model. */
export function useLibrary(server: Server) {
  const titles = useRequest('titles', () => readTitles(server))
  const popular = useRequest('popular', (signal) =>
    recommend(server, { history: [], k: MAX_POPULAR, filterSeen: false }, signal),
  )
  // The titles include the popular films.
  const films = useMemo(
    () => filmsOf(titles.data, popular.data),
    [titles.data, titles.data ? undefined : popular.data],
  )
  const index = useMemo(() => new SearchIndex(films), [films])
  const library = useMemo(() => libraryOf(films, index, popular.data), [films, index, popular.data])
  return {
    titles,
    popular,
    library,
    note: useNote(titles.data, library.size, Boolean(titles.failure)),
  }
}

function useNote(
  titles: { total: number } | undefined,
  size: number,
  hasFailed: boolean,
): string | undefined {
  const { search } = useMessages()
  if (titles) return titles.total > size ? search.partly(size, titles.total) : undefined
  return hasFailed && size > 0 ? search.onlyPopular(size) : undefined
}

/** Finds films by key, including those known only from model responses. */
export function useFind(
  find: (key: string) => Film | undefined,
  response: RecommendationResponse | undefined,
) {
  const known = useRef(new Map<string, Film>())
  for (const { film } of response?.recommendations ?? []) known.current.set(film.key, film)
  return (key: string) => find(key) ?? known.current.get(key)
}

export const idOf = (key: string): FilmId => (/^\d{1,15}$/.test(key) ? Number(key) : key)

export const placeholderFilm = (key: string, title: string): Film => ({
  ...filmOf({ id: idOf(key), title }),
  key,
})
