import type { Db, Transaction } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { TRACE_TABLES } from '../traces/delete.js'

/** What goes with a row, the row itself last. What a model was measured by in a run stays with the model. */
export const OF_RUN = [
  'params',
  'tags',
  'metrics',
  'latest_metrics',
  'metric_batches',
  'metric_chunks',
  'dataset_inputs',
  'dataset_input_tags',
  'model_inputs',
  'model_outputs',
  'trace_runs',
  'runs',
] as const
export const OF_MODEL = [
  'logged_model_params',
  'logged_model_tags',
  'logged_model_metrics',
  'model_inputs',
  'model_outputs',
  'logged_models',
] as const
export const OF_EXPERIMENT = [
  'experiment_tags',
  'datasets',
  'evaluation_dataset_experiments',
  'scorers',
  'issues',
  'experiments',
] as const

/** Says within the transaction whether the thing is still to go: it may have been restored since it was found. */
type StillDoomed = (tx: Transaction<TrackingSchema>) => Promise<object | undefined>

interface Purge {
  readonly tables: readonly string[]
  readonly column: string
  readonly id: string | number
  readonly stillDoomed: StillDoomed
}

/** @returns whether it went */
export function purge(db: Db<TrackingSchema>, { tables, column, id, stillDoomed }: Purge): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await stillDoomed(tx))) return false
    if (tables.includes('scorers'))
      await sql`delete from scorer_versions where scorer_id in (select scorer_id from scorers where experiment_id = ${id})`.execute(
        tx,
      )
    for (const table of tables)
      await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${id}`.execute(tx)
    return true
  })
}

export const purgeRun = (db: Db<TrackingSchema>, id: string, stillDoomed: StillDoomed) =>
  purge(db, { tables: OF_RUN, column: 'run_id', id, stillDoomed })
export const purgeModel = (db: Db<TrackingSchema>, id: string, stillDoomed: StillDoomed) =>
  purge(db, { tables: OF_MODEL, column: 'model_id', id, stillDoomed })
export const purgeTrace = (db: Db<TrackingSchema>, id: string, stillDoomed: StillDoomed) =>
  purge(db, { tables: TRACE_TABLES, column: 'trace_id', id, stillDoomed })
export const purgeExperiment = (db: Db<TrackingSchema>, id: number, stillDoomed: StillDoomed) =>
  purge(db, { tables: OF_EXPERIMENT, column: 'experiment_id', id, stillDoomed })
