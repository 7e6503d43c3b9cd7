import { type Film, type FilmId, filmOf } from '../films/film.js'
import { columnIndex, type Rows, readRows } from './rows.js'
import type { Server } from './server.js'

export interface Titles {
  readonly films: readonly Film[]
  /** Number of rows of the table, which may exceed the number of films read. */
  readonly total: number
}

/** Reads the films of the catalog table. @throws CairnError */
export const readTitles = async (server: Server): Promise<Titles> =>
  titlesOf(await readRows(server, (table) => table))

/** Only id and title are required; the other columns depend on the imported data. */
export function titlesOf(table: Rows): Titles {
  const column = (...names: string[]) => columnIndex(table, ...names)
  const columns = {
    id: column('movie_id', 'item_id'),
    title: column('title'),
    genres: column('genres'),
    year: column('year'),
    koreanTitle: column('title_ko'),
    imdbId: column('imdb_id', 'tconst'),
    tmdbId: column('tmdb_id'),
  }
  const films = table.rows.flatMap((row) => {
    const [id, title] = [row[columns.id], row[columns.title]]
    if (!isId(id) || typeof title !== 'string') return []
    const { genres, year, koreanTitle, imdbId, tmdbId } = columns
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
