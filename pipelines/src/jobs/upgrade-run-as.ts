import type { Identities } from '@cairn/platform/auth/identities'
import type { Db } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { lockJob } from '../flow/run-rows.js'
import type { PipelinesSchema } from '../schema.js'
import { runAsIds, runAsOf, withIds } from './run-as-ids.js'

const BATCH = 200

/**
 * Stores the ids of principals that jobs of earlier releases name in `run_as`, so that a principal who gets the name later does
 * not run them. Unknown names stay.
 *
 * @returns the number of jobs that it changed
 */
export async function upgradeRunAs(db: Db<PipelinesSchema>, identities: Identities): Promise<number> {
  let upgraded = 0
  for (let after = -1; ; ) {
    const rows = await db.read
      .selectFrom('jobs')
      .select(['job_id', 'settings'])
      .where('job_id', '>', after)
      .where('settings', 'like', '%"run_as"%')
      .where('deleted_at', 'is', null)
      .orderBy('job_id')
      .limit(BATCH)
      .execute()
    for (const { job_id, settings } of rows) {
      const known = JSON.parse(settings) as JobSettings
      const ids = await runAsIds(known, identities)
      if (runAsOf(withIds(known, ids)) === runAsOf(known)) continue
      if (await storeIds(db, job_id, ids)) upgraded++
    }
    if (rows.length < BATCH) return upgraded
    after = rows.at(-1)!.job_id
  }
}

/** Reads the settings again, because another server may have changed them. */
function storeIds(
  db: Db<PipelinesSchema>,
  jobId: number,
  ids: ReadonlyMap<string, string>,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockJob(db, tx, jobId)
    const row = await tx.selectFrom('jobs').select('settings').where('job_id', '=', jobId).executeTakeFirst()
    if (!row) return false
    const settings = JSON.stringify(withIds(JSON.parse(row.settings) as JobSettings, ids))
    await tx.updateTable('jobs').set({ settings }).where('job_id', '=', jobId).execute()
    return true
  })
}
