import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect.js'

/**
 * Texts as a row source with the one column `id`. A single one is a value, by which planners go to an index even before
 * they know anything of a table.
 */
export function idRows(dialect: Dialect, ids: Iterable<string>): RawBuilder<unknown> {
  const rows = Array.from(ids, (id) => ({ id }))
  return rows.length === 1
    ? sql`(select cast(${rows[0]!.id} as text) as id)`
    : dialect.rows(rows, { id: 'text' })
}
