import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { getExperiment } from '../experiments/find.js'
import type { LifecycleStage, TrackingSchema } from '../schema.js'
import { inPacedBatches } from './paced-batches.js'
import { eachRunWindow } from './search/run-windows.js'

const WINDOW = { first: 2000, max: 10_000 }
const MAX_RUNS = 10_000

export interface SetStagesContext {
  readonly db: Db<TrackingSchema>
  readonly now: () => number
  readonly announce: Announce
}

interface StageChange {
  readonly experiment_id: string
  readonly stage: LifecycleStage
  /** Default 10,000. */
  readonly max_runs?: number | undefined
}

/**
 * Deletes or restores runs of an experiment, the newest first. Each batch is a transaction, so that other requests do not wait
 * for all of them. Repeating a request that failed midway completes it.
 *
 * @returns the number of changed runs
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function setStages(
  { db, now, announce }: SetStagesContext,
  { experiment_id, stage, max_runs = MAX_RUNS }: StageChange,
  isSelected: RawBuilder<SqlBool>,
): Promise<number> {
  const experiment = await db.transaction((tx) => getExperiment(tx, experiment_id))
  const selected: string[] = []
  const run_view_type = stage === 'deleted' ? 'ACTIVE_ONLY' : 'DELETED_ONLY'
  await eachRunWindow(
    db,
    { experiment_ids: [experiment_id], run_view_type },
    WINDOW,
    async ({ from, where }) => {
      const { rows } = await sql<{ run_id: string }>`
        select runs.run_id from ${from} where ${where} and ${isSelected}
        order by runs.start_time desc, runs.run_id limit ${max_runs - selected.length}`.execute(db.read)
      selected.push(...rows.map(({ run_id }) => run_id))
    },
    () => selected.length === max_runs,
  )
  let changed = 0
  await inPacedBatches(selected, async (ids) => {
    const rows = await db.transaction((tx) =>
      tx
        .updateTable('runs')
        .set({ lifecycle_stage: stage, deleted_time: stage === 'deleted' ? now() : null })
        .where('run_id', 'in', ids)
        .where('experiment_id', '=', experiment.experiment_id)
        .where('lifecycle_stage', '<>', stage)
        .returning('run_id')
        .execute(),
    )
    changed += rows.length
    for (const { run_id } of rows) announce({ type: 'run', experiment_id, run_id })
  })
  return changed
}
