import { decodeFully } from '@cairn/platform/blobs/path'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

const RUN_OR_MODEL_ID = /^[\w-]{1,256}$/

/**
 * Protects files from a concurrent garbage collection; the registry calls it before it creates model versions from them.
 * The deletion time of deleted runs and models that may own the files is set to now, so that a collection that has already
 * read the versions does not find them expired. Row locks serialize this with a purge.
 *
 * @param locations contain the id of the run or model, like the location of everything that is collected with its files
 */
export async function keepFiles(db: Db<TrackingSchema>, now: number, locations: readonly string[]) {
  const parts = locations.flatMap((location) => decodeFully(location).split('/'))
  const ids = new Set(parts.filter((part) => RUN_OR_MODEL_ID.test(part)))
  if (ids.size === 0) return
  const named = sql`(select id from ${idRows(db.dialect, ids)} as named)`
  await db.transaction((tx) => resetDeletionTime(tx, now, named))
}

/** Locks rows in the same order as a purge. */
async function resetDeletionTime(tx: Transaction<TrackingSchema>, now: number, named: RawBuilder<unknown>) {
  await sql`update experiments set last_update_time = ${now} where lifecycle_stage = 'deleted'
    and experiment_id in (select experiment_id from logged_models where model_id in ${named})`.execute(tx)
  await sql`update runs set deleted_time = ${now}
    where lifecycle_stage = 'deleted' and run_id in ${named}`.execute(tx)
  await sql`update logged_models set last_updated_timestamp_ms = ${now}
    where lifecycle_stage = 'deleted' and model_id in ${named}`.execute(tx)
}
