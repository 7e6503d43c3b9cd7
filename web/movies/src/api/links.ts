import type { Output } from '@cairn/platform/protocol/operation'
import type { ListTables } from '@cairn/platform/protocol/tables'
import { imdbOf, textOf } from '../films/film.js'
import { operationRequest } from './operation-request.js'
import { placeOf, type Rows, readRows } from './rows.js'
import type { Server } from './server.js'

export interface FilmLinks {
  readonly imdbId?: string
  readonly tmdbId?: string
}

/** By film key. */
export type Links = ReadonlyMap<string, FilmLinks>

const NO_LINKS: Links = new Map()

/**
 * Where else films are described, from the `links` table beside the films.
 * The web team need not be granted it: the catalog is asked first, so that no refusal is provoked, and then there are none.
 */
export async function readLinks(server: Server): Promise<Links> {
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
  return linksOf(await readRows(server, (table) => table.replace(/[^.]+$/, 'links')))
}

export function linksOf(rows: Rows): Links {
  const [id, imdb, tmdb] = [
    placeOf(rows, 'movie_id', 'item_id'),
    placeOf(rows, 'imdb_id'),
    placeOf(rows, 'tmdb_id'),
  ]
  return new Map(
    rows.rows.map((row) => {
      const [imdbId, tmdbId] = [imdbOf(row[imdb]), textOf(row[tmdb])]
      return [String(row[id]), { ...(imdbId && { imdbId }), ...(tmdbId && { tmdbId }) }]
    }),
  )
}
