import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { SearchQuery } from './sources.js'

const contains = (name: RawBuilder<unknown>, pattern: string) => sql<SqlBool>`${name} like ${pattern}`

/** Matches names that contain each of the words. Words have no characters that LIKE replaces. */
export function nameMatches(column: string, { words }: SearchQuery): RawBuilder<SqlBool> {
  const name = sql`lower(${sql.ref(column)})`
  return sql<SqlBool>`(${sql.join(
    words.map((word) => contains(name, `%${word}%`)),
    sql` and `,
  )})`
}

/** Orders by how well a name matches, as `compareHits` does: equal ones first, then those that begin with the first word, short ones first. */
export function byMatch(column: string, { text, words }: SearchQuery): RawBuilder<unknown> {
  const name = sql`lower(${sql.ref(column)})`
  return sql`case when ${name} = ${text.toLowerCase()} then 0 when ${contains(name, `${words[0]}%`)} then 1 else 2 end,
    length(${sql.ref(column)}), ${sql.ref(column)}`
}
