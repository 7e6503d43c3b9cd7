import type { Db, Transaction } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** What goes with a row, the row itself last. What a model was measured by in a run stays with the model. */
export const RUN_TABLES = [
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
export const MODEL_TABLES = [
  'logged_model_params',
  'logged_model_tags',
  'logged_model_metrics',
  'model_inputs',
  'model_outputs',
  'logged_models',
] as const
export const EXPERIMENT_TABLES = [
  'experiment_tags',
  'datasets',
  'evaluation_dataset_experiments',
  'scorers',
  'issues',
  'experiments',
] as const

/** How a deleted thing of one kind goes for good. */
export interface PurgeRule {
  readonly tables: readonly string[]
  /** The one of the tables that the thing itself is in. */
  readonly ownTable: 'runs' | 'logged_models' | 'traces' | 'experiments'
  /** Names it in each of them. */
  readonly column: string
  /** Finds it while it is still to go: it may have been restored since it was listed. */
  find(tx: Transaction<TrackingSchema>, before: number, id: string): Promise<object | undefined>
}

/** @returns why it did not go, in words, if so */
export function purge(
  db: Db<TrackingSchema>,
  { tables, ownTable, column, find }: PurgeRule,
  id: string,
  before: number,
): Promise<string | undefined> {
  const key = column === 'experiment_id' ? Number(id) : id
  return db.transaction(async (tx) => {
    if (!(await lockRow(tx, ownTable, column, key))) return 'somebody else removed it meanwhile'
    if (!(await find(tx, before, id))) return 'it was restored, or a version was registered of its files'
    if (tables.includes('scorers'))
      await sql`delete from scorer_versions where scorer_id in (select scorer_id from scorers where experiment_id = ${key})`.execute(
        tx,
      )
    for (const table of tables)
      await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${key}`.execute(tx)
    return undefined
  })
}

/**
 * Nobody restores the thing, or the experiment that it was deleted with, until the transaction ends; who is about to is
 * waited for.
 *
 * @returns whether it is there
 */
async function lockRow(
  tx: Transaction<TrackingSchema>,
  ownTable: PurgeRule['ownTable'],
  column: string,
  key: string | number,
): Promise<boolean> {
  const [table, id] = [sql.table(ownTable), sql.ref(column)]
  if (ownTable === 'logged_models' || ownTable === 'traces')
    await sql`update experiments set lifecycle_stage = lifecycle_stage
      where experiment_id = (select experiment_id from ${table} where ${id} = ${key})`.execute(tx)
  const held = await sql`update ${table} set experiment_id = experiment_id where ${id} = ${key}`.execute(tx)
  return held.numAffectedRows === 1n
}
