import { decodeFully } from '@cairn/platform/blobs/path'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** What an id of a run or model may be. */
const ID = /^[\w-]{1,256}$/

/**
 * Before versions are registered of files: deleted runs and models that may have these count as deleted now, so that a
 * collection which has asked for versions already finds them too young. It and this wait for each other: what it has
 * purged by then was gone before the versions were there.
 *
 * @param locations bear the id of the run or model, as everything does that is collected with its files
 */
export async function keepFiles(db: Db<TrackingSchema>, now: number, locations: readonly string[]) {
  const parts = locations.flatMap((location) => decodeFully(location).split('/'))
  const ids = new Set(parts.filter((part) => ID.test(part)))
  if (ids.size === 0) return
  const named = sql`(select id from ${idRows(db.dialect, ids)} as named)`
  await db.transaction((tx) => resetDeletionTime(tx, now, named))
}

/** In the order in which a collection holds them. */
async function resetDeletionTime(tx: Transaction<TrackingSchema>, now: number, named: RawBuilder<unknown>) {
  await sql`update experiments set last_update_time = ${now} where lifecycle_stage = 'deleted'
    and experiment_id in (select experiment_id from logged_models where model_id in ${named})`.execute(tx)
  await sql`update runs set deleted_time = ${now}
    where lifecycle_stage = 'deleted' and run_id in ${named}`.execute(tx)
  await sql`update logged_models set last_updated_timestamp_ms = ${now}
    where lifecycle_stage = 'deleted' and model_id in ${named}`.execute(tx)
}
