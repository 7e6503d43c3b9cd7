import type { ListMovieTitles } from '@cairn/platform/protocol/cairn/movies'
import { type Film, filmOf } from '../films/film.js'
import type { Server } from './server.js'

export interface Titles {
  readonly films: readonly Film[]
  /** Number of rows of the table, which may exceed the number of films read. */
  readonly total: number
}

/** Reads the films of the catalog. @throws CairnError */
export async function readTitles(server: Server): Promise<Titles> {
  const { titles, total } = await server.call<typeof ListMovieTitles>(
    'GET /api/cairn/v1/movies/titles',
    {},
    { timeoutMs: 30_000 },
  )
  const films = titles.map(({ title_ko, imdb_id, tmdb_id, ...film }) =>
    filmOf({ ...film, koreanTitle: title_ko, imdbId: imdb_id, tmdbId: tmdb_id }),
  )
  return { films, total }
}
