import { removeSecurable } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import { lockRun, type Tx } from '../flow/run-rows.js'
import { noSuchRun } from '../jobs/securable.js'
import type { PipelinesSchema } from '../schema.js'
import { requireEnded } from './store.js'

/** Lines in one transaction, which bounds the delay of other writers. */
const LOG_BATCH = 5_000

/**
 * Deletes a run, after its logs in batches.
 *
 * @throws RESOURCE_DOES_NOT_EXIST; INVALID_STATE while the run is active
 */
export async function deleteRun(db: Db<PipelinesSchema>, runId: number): Promise<void> {
  await db.transaction((tx) => requireDeletable(db, tx, runId))
  while ((await deleteLines(db, runId)) === LOG_BATCH);
  await db.transaction(async (tx) => {
    const run = await requireDeletable(db, tx, runId)
    const tasks = () => tx.selectFrom('task_runs').select('task_run_id').where('run_id', '=', runId)
    await tx.deleteFrom('task_logs').where('task_run_id', 'in', tasks()).execute()
    await tx.deleteFrom('task_notebooks').where('task_run_id', 'in', tasks()).execute()
    await tx.deleteFrom('task_attempts').where('task_run_id', 'in', tasks()).execute()
    await tx.deleteFrom('task_runs').where('run_id', '=', runId).execute()
    await tx.deleteFrom('job_run_repairs').where('run_id', '=', runId).execute()
    await tx.deleteFrom('job_runs').where('run_id', '=', runId).execute()
    if (run.job_id === null) await removeSecurable(tx, 'job', String(runId))
  })
}

async function requireDeletable(db: Db<PipelinesSchema>, tx: Tx, runId: number) {
  await lockRun(db, tx, runId)
  const run = await tx.selectFrom('job_runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (!run) throw noSuchRun(runId)
  requireEnded(run)
  return run
}

const deleteLines = (db: Db<PipelinesSchema>, runId: number): Promise<number> =>
  db.transaction(async (tx) => {
    const { numAffectedRows } = await sql`delete from task_logs where (task_run_id, line) in (
      select task_logs.task_run_id, task_logs.line from task_runs
      join task_logs on task_logs.task_run_id = task_runs.task_run_id
      where task_runs.run_id = ${runId} limit ${LOG_BATCH})`.execute(tx)
    return Number(numAffectedRows ?? 0n)
  })
