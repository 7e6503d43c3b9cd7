import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/db.js'
import type { SearchQuery } from './sources.js'

type Engine = Pick<Db<unknown>, 'dialect'>

const contains = (name: RawBuilder<unknown>, pattern: string) => sql<SqlBool>`${name} like ${pattern}`

/** Matches names that contain each of the words, which have no wildcards of LIKE. */
export function nameMatches({ dialect }: Engine, column: string, { words }: SearchQuery) {
  const name = dialect.lower(sql.ref(column))
  return sql<SqlBool>`(${sql.join(
    words.map((word) => contains(name, `%${word}%`)),
    sql` and `,
  )})`
}

/** Matches a column that contains a text, in any case. */
export function textContains({ dialect }: Engine, column: string, text: string) {
  const pattern = `%${text.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`
  return sql<SqlBool>`${dialect.lower(sql.ref(column))} like ${pattern} escape '!'`
}

/** Orders by how well a name matches: equal ones first, then those that begin with the first word. */
export function matchRank(
  { dialect }: Engine,
  column: string,
  { text, words }: Pick<SearchQuery, 'text' | 'words'>,
) {
  const name = dialect.lower(sql.ref(column))
  return sql<number>`case when ${name} = ${text.toLowerCase()} then 0 when ${contains(name, `${words[0]}%`)} then 1 else 2 end`
}

/** Like `matchRank`, and then the shorter names first. */
export const byMatch = (engine: Engine, column: string, query: Pick<SearchQuery, 'text' | 'words'>) =>
  sql`${matchRank(engine, column, query)}, length(${sql.ref(column)}), ${sql.ref(column)}`

/** An id that no object has. */
export const NO_ID = -1

/** Parses an id. Returns `NO_ID` for other texts. */
export const numericId = ({ text }: SearchQuery) => (/^\d{1,15}$/.test(text) ? Number(text) : NO_ID)
