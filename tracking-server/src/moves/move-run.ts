import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Transaction } from '@cairn/platform/db/db'
import { type RawBuilder, sql } from 'kysely'
import { ensureDataset } from '../runs/inputs.js'
import type { TrackingSchema } from '../schema.js'
import { putMovedFolders } from './moved-folders.js'

type Tx = Transaction<TrackingSchema>

/** Tables that repeat the experiment of a run for their indexes. */
const INDEXED = ['params', 'tags', 'latest_metrics', 'run_words'] as const

interface RunMove {
  readonly run_id: string
  /** The experiment on which the caller's right was decided. */
  readonly from: number
  readonly experiment_id: number
}

/**
 * Moves a run with its entries, its datasets, and its logged models in the same experiment. Files and traces stay where they
 * are.
 *
 * @returns false if the run is already in the experiment, or has left `from`
 */
export async function moveRun(
  tx: Tx,
  locations: ArtifactLocations,
  { run_id, from, experiment_id }: RunMove,
): Promise<boolean> {
  if (from === experiment_id) return false
  // The first statement locks the run on PostgreSQL, so that two moves of a run follow each other.
  const run = await tx
    .updateTable('runs')
    .set({ experiment_id })
    .where('run_id', '=', run_id)
    .where('experiment_id', '=', from)
    .returning('artifact_uri')
    .executeTakeFirst()
  if (!run) return false
  await writeExperiment(tx, run_id, experiment_id)
  await moveDatasets(tx, run_id, experiment_id)
  await deleteAlerts(tx, run_id, from)
  // Models in other experiments have other rights and stay there.
  const models = await tx
    .updateTable('logged_models')
    .set({ experiment_id })
    .where('source_run_id', '=', run_id)
    .where('experiment_id', '=', from)
    .returning('artifact_uri')
    .execute()
  const folders = [run, ...models].flatMap(({ artifact_uri }) => locations.proxiedFolder(artifact_uri) ?? [])
  await putMovedFolders(tx, { run_id, experiment_id }, folders)
  return true
}

/** Writes the current experiment of a run to the rows that repeat it. Locks the run, which delays concurrent moves. */
export async function alignEntries(tx: Tx, run_id: string): Promise<void> {
  const run = await tx
    .updateTable('runs')
    .set((eb) => ({ experiment_id: eb.ref('experiment_id') }))
    .where('run_id', '=', run_id)
    .returning('experiment_id')
    .executeTakeFirst()
  if (run) await writeExperiment(tx, run_id, run.experiment_id)
}

async function writeExperiment(tx: Tx, run_id: string, experiment_id: number): Promise<void> {
  for (const table of INDEXED)
    await tx
      .updateTable(table)
      .set({ experiment_id })
      .where('run_id', '=', run_id)
      .where('experiment_id', '<>', experiment_id)
      .execute()
}

/** Deletes the alerts about the run, which belong to rules of the experiment that it leaves. */
async function deleteAlerts(tx: Tx, run_id: string, from: number): Promise<void> {
  await sql`delete from alerts where alert_id in (select rule_id || '.' || ${run_id} from alert_rules
    where securable_type = 'experiment' and securable_id = ${String(from)})`.execute(tx)
}

/** Replaces the datasets of the run, which are rows of an experiment, by rows of its new experiment. */
async function moveDatasets(tx: Tx, run_id: string, experiment_id: number): Promise<void> {
  const datasets = await tx
    .selectFrom('datasets')
    .selectAll()
    .where('dataset_id', 'in', (from) =>
      from.selectFrom('dataset_inputs').select('dataset_id').where('run_id', '=', run_id),
    )
    .where('experiment_id', '<>', experiment_id)
    .execute()
  for (const { dataset_id: old, schema, profile, ...dataset } of datasets) {
    const known = { ...(schema !== null && { schema }), ...(profile !== null && { profile }) }
    const dataset_id = await ensureDataset(tx, experiment_id, { ...dataset, ...known })
    for (const table of ['dataset_inputs', 'dataset_input_tags'] as const)
      await tx
        .updateTable(table)
        .set({ dataset_id })
        .where('run_id', '=', run_id)
        .where('dataset_id', '=', old)
        .execute()
    await sql`delete from datasets where dataset_id = ${old} and not exists ${usesOf(old)}`.execute(tx)
  }
}

const usesOf = (dataset_id: string): RawBuilder<unknown> =>
  sql`(select 1 from dataset_inputs where dataset_id = ${dataset_id})`
