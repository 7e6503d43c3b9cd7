import type { ListMovieTitles, MovieTitle } from '@cairn/platform/protocol/cairn/movies'
import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import type { Client } from '@cairn/platform/protocol/client'
import type { Output } from '@cairn/platform/protocol/operation'
import { ListTables } from '@cairn/platform/protocol/unity/tables'
import { withKoreanTitles } from './korean-titles.js'

export type Titles = Output<typeof ListMovieTitles>
type Rows = Output<typeof ReadTableRows>

const SCHEMA = { catalog_name: 'main', schema_name: 'movielens' }
const nameOf = (table: string) => `${SCHEMA.catalog_name}.${SCHEMA.schema_name}.${table}`

/** The most that the catalog returns in one response. */
const MAX_ROWS = 10_000

/** Reads the films with Korean titles, and their ids on other sites if the client may read `links`. @throws ApiError */
export async function readTitles(client: Client): Promise<Titles> {
  const titles = titlesOf(await client(ReadTableRows, { full_name: nameOf('movies'), limit: MAX_ROWS }))
  return { ...titles, titles: withKoreanTitles(withLinks(titles.titles, await readLinks(client))) }
}

/** Lists the tables first: reading `links` without access would record a denied request. Films are shown without links too. */
async function readLinks(client: Client): Promise<Rows | undefined> {
  const { tables } = await client(ListTables, { ...SCHEMA, omit_columns: true })
  if (!tables.some(({ name }) => name === 'links')) return undefined
  return client(ReadTableRows, { full_name: nameOf('links'), limit: MAX_ROWS }).catch(() => undefined)
}

/** Only id and title are required; the other columns depend on the imported data. */
export function titlesOf(table: Rows): Titles {
  const read = reader(table)
  const titles = table.rows.flatMap((row): MovieTitle[] => {
    const id = read(row, isCell, 'movie_id', 'item_id')
    const title = read(row, isText, 'title')
    if (id === undefined || title === undefined) return []
    return [
      withoutAbsent({
        id,
        title,
        genres: read(row, isGenres, 'genres'),
        year: read(row, isCell, 'year'),
        title_ko: read(row, isText, 'title_ko'),
        imdb_id: read(row, isCell, 'imdb_id', 'tconst'),
        tmdb_id: read(row, isCell, 'tmdb_id'),
      }),
    ]
  })
  return { titles, total: table.total_rows }
}

export function withLinks(titles: readonly MovieTitle[], links: Rows | undefined): MovieTitle[] {
  if (!links) return [...titles]
  const read = reader(links)
  const byFilm = new Map(links.rows.map((row) => [String(read(row, isCell, 'movie_id', 'item_id')), row]))
  return titles.map((title) => {
    const row = byFilm.get(String(title.id))
    if (!row) return title
    const found = { imdb_id: read(row, isCell, 'imdb_id'), tmdb_id: read(row, isCell, 'tmdb_id') }
    return { ...title, ...withoutAbsent(found) }
  })
}

type Check<T> = (value: unknown) => value is T
const isText: Check<string> = (value): value is string => typeof value === 'string'
const isCell: Check<number | string> = (value): value is number | string =>
  typeof value === 'number' || typeof value === 'string'
const isGenres: Check<string | string[]> = (value): value is string | string[] =>
  isText(value) || (Array.isArray(value) && value.every(isText))

/** Reads the first column with one of the names; undefined without such a column or for another type. */
function reader({ columns }: Pick<Rows, 'columns'>) {
  return <T>(row: readonly unknown[], check: Check<T>, ...names: readonly string[]): T | undefined => {
    const value = row[columns.findIndex(({ name }) => names.includes(name))]
    return check(value) ? value : undefined
  }
}

type WithoutUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

const withoutAbsent = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>
