import type { Output } from '@cairn/platform/protocol/operation'
import type { ListTables } from '@cairn/platform/protocol/tables'
import { imdbOf, textOf } from '../films/film.js'
import { operationRequest } from './operation-request.js'
import { columnIndex, type Rows, readRows } from './rows.js'
import type { Server } from './server.js'

/** Ids of a film on other sites, to which its recommendation links. */
export interface FilmLinks {
  readonly imdbId?: string
  readonly tmdbId?: string
}

/** By `Film.key`. */
export type LinksByFilm = ReadonlyMap<string, FilmLinks>

const NO_LINKS: LinksByFilm = new Map()

/**
 * IMDb and TMDB ids from the `links` table in the schema of the films. The page's principal may have no access to it, so
 * the tables are listed first: reading it without access would log a denied request.
 */
export async function readFilmLinks(server: Server): Promise<LinksByFilm> {
  const response = await server.open(({ table }) => {
    const [catalog, schema] = table.split('.')
    return operationRequest<typeof ListTables>('GET /api/2.1/unity-catalog/tables', {
      catalog_name: catalog!,
      schema_name: schema!,
      omit_columns: true,
    })
  })
  const { tables } = (await response.json()) as Output<typeof ListTables>
  if (!tables.some(({ name }) => name === 'links')) return NO_LINKS
  return filmLinksOf(await readRows(server, (table) => table.replace(/[^.]+$/, 'links')))
}

export function filmLinksOf(rows: Rows): LinksByFilm {
  const [id, imdb, tmdb] = [
    columnIndex(rows, 'movie_id', 'item_id'),
    columnIndex(rows, 'imdb_id'),
    columnIndex(rows, 'tmdb_id'),
  ]
  return new Map(
    rows.rows.map((row) => {
      const [imdbId, tmdbId] = [imdbOf(row[imdb]), textOf(row[tmdb])]
      return [String(row[id]), { ...(imdbId && { imdbId }), ...(tmdbId && { tmdbId }) }]
    }),
  )
}
