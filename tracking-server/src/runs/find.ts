import type { Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import { type RawBuilder, sql } from 'kysely'
import type { RunRow, TrackingSchema } from '../schema.js'

export const noSuchRun = (runId: string) => missing(`Run with id=${runId} not found`)

/** Checks that a run exists, deleted or not. @throws RESOURCE_DOES_NOT_EXIST */
export async function checkRunExists(tx: Transaction<TrackingSchema>, runId: string): Promise<void> {
  const run = await tx.selectFrom('runs').select('run_id').where('run_id', '=', runId).executeTakeFirst()
  if (!run) throw noSuchRun(runId)
}

/**
 * Returns a run that may be written to.
 *
 * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE when it is deleted
 */
export async function getActiveRun(tx: Transaction<TrackingSchema>, runId: string): Promise<RunRow> {
  const run = await tx.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (!run) throw noSuchRun(runId)
  if (run.lifecycle_stage !== 'active')
    throw invalid(`The run ${runId} must be in the 'active' state. Current state is ${run.lifecycle_stage}.`)
  return run
}

/** The columns of a run that rows belonging to it refer to. */
export interface RunKey {
  readonly run_id: string
  readonly experiment_id: number | RawBuilder<number>
}

/** Key for statements that are sent before the run has been read. */
export const runKey = (run_id: string): RunKey => ({
  run_id,
  experiment_id: sql`(select experiment_id from runs where run_id = ${run_id})`,
})
