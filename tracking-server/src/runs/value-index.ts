import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Returns the column `fresh` of a new parameter or tag: 1 if it is added to its index by value later. */
export const unindexedFlag = ({ indexesLater }: Dialect) => sql.lit(indexesLater ? 1 : 0)

/** Adds pending parameters and tags to their index by value. */
export async function indexPending(tx: Transaction<TrackingSchema>): Promise<void> {
  for (const table of ['params', 'tags'])
    await sql`update ${sql.table(table)} set fresh = 0 where fresh = 1`.execute(tx)
}

/**
 * Returns conditions that partition parameters or tags: those in the index by value, and the few that are still pending.
 * SQLite reads each partition in order from an index, but not both with one condition.
 *
 * @param table the name or alias of the table
 */
export function indexPartitions(table: string, { indexesLater }: Dialect): readonly RawBuilder<SqlBool>[] {
  const fresh = sql.ref(`${table}.fresh`)
  return indexesLater ? [sql`${fresh} = 0`, sql`${fresh} = 1`] : [sql`true`]
}

export const unionAll = (selects: readonly RawBuilder<unknown>[]) => sql.join(selects, sql` union all `)
