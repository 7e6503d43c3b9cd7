import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import { removeSecurable } from '@cairn/platform/auth/securables'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Tables whose rows are removed with a run; its own table is last. Metrics of models stay with the models. */
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
  'moved_folders',
  'run_words',
  'run_comments',
  'run_mentions',
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
  'run_views',
  'experiments',
] as const

/** How to remove deleted items of a kind permanently. */
export interface PurgeRule {
  readonly tables: readonly string[]
  /** The table of the item itself. */
  readonly ownTable: 'runs' | 'logged_models' | 'traces' | 'experiments'
  /** The column of the item's id in each table. */
  readonly column: string
  /** Finds the item if it is still expired: it may have been restored since it was listed. */
  find(tx: Transaction<TrackingSchema>, before: number, id: string): Promise<object | undefined>
}

/** @returns a sentence that explains why the item was kept, or undefined */
export async function purge(
  db: Db<TrackingSchema>,
  { tables, ownTable, column, find }: PurgeRule,
  id: string,
  before: number,
): Promise<string | undefined> {
  const key = column === 'experiment_id' ? Number(id) : id
  const kept = await db.transaction(async (tx) => {
    if (!(await lockRow(tx, ownTable, column, key))) return 'another process removed it in the meantime'
    if (!(await find(tx, before, id)))
      return 'it was restored, or a model version was registered from its files'
    if (tables.includes('scorers'))
      await sql`delete from scorer_versions where scorer_id in (select scorer_id from scorers where experiment_id = ${key})`.execute(
        tx,
      )
    if (ownTable === 'logged_models') await removeMovedFolders(tx, id)
    for (const table of tables)
      await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${key}`.execute(tx)
    if (ownTable === 'experiments') await removeSecurable(tx, 'experiment', id)
    return undefined
  })
  noteAccessChange(db)
  return kept
}

/** Keeps the folders above those of the model, because other models of its run may be in them. */
async function removeMovedFolders(tx: Transaction<TrackingSchema>, model_id: string): Promise<void> {
  await sql`delete from moved_folders
    where run_id = (select source_run_id from logged_models where model_id = ${model_id})
      and replace(path || '/', ${`/${model_id}/`}, '') <> path || '/'`.execute(tx)
}

/**
 * Locks the item, and the experiment that it was deleted with, until commit, so that a concurrent restore waits.
 *
 * @returns whether the item exists
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
  const locked = await sql`update ${table} set experiment_id = experiment_id where ${id} = ${key}`.execute(tx)
  return locked.numAffectedRows === 1n
}
