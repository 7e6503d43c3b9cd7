import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Links, readLinks } from '../api/links.js'
import { type Answer, askModel } from '../api/recommendations.js'
import type { Server } from '../api/server.js'
import { readTitles } from '../api/titles.js'
import { type Film, type FilmId, filmOf } from '../films/film.js'
import { filmsOf, libraryOf } from '../films/library.js'
import { useMessages } from '../i18n/use-messages.js'
import { SearchIndex } from '../search/search-index.js'
import { useAsked } from './use-asked.js'

const MOST_POPULAR = 1000

/** The films there are, and which of them are popular: one from the catalog, the other from the model. */
export function useLibrary(server: Server) {
  const titles = useAsked('titles', () => readTitles(server))
  const popular = useAsked('popular', (signal) =>
    askModel(server, { history: [], k: MOST_POPULAR, filterSeen: false }, signal),
  )
  // With titles the popular films are among them.
  const films = useMemo(
    () => filmsOf(titles.answer, popular.answer),
    [titles.answer, titles.answer ? undefined : popular.answer],
  )
  const index = useMemo(() => new SearchIndex(films), [films])
  const library = useMemo(() => libraryOf(films, index, popular.answer), [films, index, popular.answer])
  const links = useLinks(server, titles.answer !== undefined)
  return {
    titles,
    popular,
    library,
    links,
    note: useNote(titles.answer, library.size, Boolean(titles.failure)),
  }
}

function useLinks(server: Server, isReady: boolean): Links {
  const [links, setLinks] = useState<Links>(new Map())
  useEffect(() => {
    // Films are as good without: nobody is told of a failure.
    if (isReady) readLinks(server).then(setLinks, () => undefined)
  }, [server, isReady])
  return links
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

/** Films by key, also those that only an answer or an address has named. */
export function useFind(find: (key: string) => Film | undefined, answer: Answer | undefined) {
  const answered = useRef(new Map<string, Film>())
  for (const { film } of answer?.recommendations ?? []) answered.current.set(film.key, film)
  return (key: string) => find(key) ?? answered.current.get(key)
}

export const idOf = (key: string): FilmId => (/^\d{1,15}$/.test(key) ? Number(key) : key)

export const unknownFilm = (key: string, title: string): Film => ({
  ...filmOf({ id: idOf(key), title }),
  key,
})
