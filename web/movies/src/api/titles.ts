import { type Film, type FilmId, filmOf } from '../films/film.js'
import { placeOf, type Rows, readRows } from './rows.js'
import type { Server } from './server.js'

export interface Titles {
  readonly films: readonly Film[]
  /** How many the table has; more than were read when it is very large. */
  readonly total: number
}

/** The films of the governed table, read as the web team. @throws CairnError */
export const readTitles = async (server: Server): Promise<Titles> =>
  titlesOf(await readRows(server, (table) => table))

/** Only the id and the title have to be there: what else is known depends on what was imported. */
export function titlesOf(table: Rows): Titles {
  const place = (...names: string[]) => placeOf(table, ...names)
  const at = {
    id: place('movie_id', 'item_id'),
    title: place('title'),
    genres: place('genres'),
    year: place('year'),
    koreanTitle: place('title_ko'),
    imdbId: place('imdb_id', 'tconst'),
    tmdbId: place('tmdb_id'),
  }
  const films = table.rows.flatMap((row) => {
    const [id, title] = [row[at.id], row[at.title]]
    if (!isId(id) || typeof title !== 'string') return []
    const { genres, year, koreanTitle, imdbId, tmdbId } = at
    return filmOf({
      id,
      title,
      genres: row[genres],
      year: row[year],
      koreanTitle: row[koreanTitle],
      imdbId: row[imdbId],
      tmdbId: row[tmdbId],
    })
  })
  return { films, total: table.total_rows }
}

const isId = (value: unknown): value is FilmId => typeof value === 'number' || typeof value === 'string'
