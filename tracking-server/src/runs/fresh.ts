import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Of a new parameter or tag: whether it enters its index by value later. */
export const freshness = ({ indexesLater }: Dialect) => sql.lit(indexesLater ? 1 : 0)

/** Brings those that are fresh into their index by value. */
export async function settle(tx: Transaction<TrackingSchema>): Promise<void> {
  for (const table of ['params', 'tags'])
    await sql`update ${sql.table(table)} set fresh = 0 where fresh = 1`.execute(tx)
}

/**
 * The parts in which parameters or tags are found: those in the index by value, and the few that are to enter it. SQLite
 * answers each from an index, and both in order, but not what spans them.
 *
 * @param table or its alias
 */
export function partsOf(table: string, { indexesLater }: Dialect): readonly RawBuilder<SqlBool>[] {
  const fresh = sql.ref(`${table}.fresh`)
  return indexesLater ? [sql`${fresh} = 0`, sql`${fresh} = 1`] : [sql`true`]
}

export const unionAll = (selects: readonly RawBuilder<unknown>[]) => sql.join(selects, sql` union all `)
