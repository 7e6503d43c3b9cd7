import { setImmediate } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import type { ListRunKeys } from '@cairn/platform/protocol/cairn/run-tables'
import type { Output } from '@cairn/platform/protocol/operation'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { indexPartitions } from './value-index.js'

const MAX_KEYS = 10_000

/** Returns the keys of all runs of an experiment, including deleted ones. */
export async function listRunKeys(
  db: Db<TrackingSchema>,
  experiment: number,
): Promise<Output<typeof ListRunKeys>> {
  const entries = (table: 'params' | 'tags') =>
    indexPartitions('owned', db.dialect).map((one) => [table, one] as const)
  return {
    metrics: await keysOf(db, experiment, [['latest_metrics', sql`true`]]),
    params: await keysOf(db, experiment, entries('params')),
    tags: await keysOf(db, experiment, entries('tags')),
  }
}

type Partition = readonly [table: string, condition: RawBuilder<SqlBool>]

async function keysOf(db: Db<TrackingSchema>, experiment: number, partitions: readonly Partition[]) {
  const keys = new Set<string>()
  for (const partition of partitions) {
    for (const key of await distinctKeys(db, experiment, partition)) keys.add(key)
    await setImmediate()
  }
  return [...keys].sort().slice(0, MAX_KEYS)
}

/** Seeks from key to key in the index by value, because reading all its entries would take seconds in large experiments. */
async function distinctKeys(db: Db<TrackingSchema>, experiment: number, [table, condition]: Partition) {
  const next = (beyond: RawBuilder<unknown>) => sql`(select owned.key from ${sql.table(table)} as owned
    where owned.experiment_id = ${experiment} and ${condition} ${beyond} order by owned.key limit 1)`
  const { rows } = await sql<{ key: string }>`
    with recursive found(key) as (
      select ${next(sql``)} union all
      select ${next(sql`and owned.key > found.key`)} from found where found.key is not null
    ) select key from found where key is not null limit ${MAX_KEYS}`.execute(db.read)
  return rows.map(({ key }) => key)
}
