import type { Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import { type RawBuilder, sql } from 'kysely'
import type { RunRow, TrackingSchema } from '../schema.js'

export const noSuchRun = (runId: string) => missing(`Run with id=${runId} not found`)

/** Of a run that only has to be there, deleted or not. @throws RESOURCE_DOES_NOT_EXIST */
export async function demandRun(tx: Transaction<TrackingSchema>, runId: string): Promise<void> {
  const run = await tx.selectFrom('runs').select('run_id').where('run_id', '=', runId).executeTakeFirst()
  if (!run) throw noSuchRun(runId)
}

/**
 * A run that may be written to.
 *
 * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE when it is deleted
 */
export async function activeRun(tx: Transaction<TrackingSchema>, runId: string): Promise<RunRow> {
  const run = await tx.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (!run) throw noSuchRun(runId)
  if (run.lifecycle_stage !== 'active')
    throw invalid(`The run ${runId} must be in the 'active' state. Current state is ${run.lifecycle_stage}.`)
  return run
}

/** What writes to a run need to know of it. */
export interface RunKey {
  readonly run_id: string
  readonly experiment_id: number | RawBuilder<number>
}

/** For statements that are sent before it is known whether there is such a run. */
export const keyOf = (run_id: string): RunKey => ({
  run_id,
  experiment_id: sql`(select experiment_id from runs where run_id = ${run_id})`,
})
