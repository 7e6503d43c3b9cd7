import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect.js'

/**
 * Returns a row source with the column `id`. A single id becomes a constant, for which planners use an index even without
 * statistics.
 */
export function idRows(dialect: Dialect, ids: Iterable<string>): RawBuilder<unknown> {
  const rows = Array.from(ids, (id) => ({ id }))
  return rows.length === 1
    ? sql`(select cast(${rows[0]!.id} as text) as id)`
    : dialect.rows(rows, { id: 'text' })
}
