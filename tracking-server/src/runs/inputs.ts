import type { Db, Transaction } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { Dataset, DatasetInput, ModelInput, ModelOutput } from '@cairn/platform/protocol/runs'
import { type RawBuilder, sql } from 'kysely'
import type { Clock } from '../clock.js'
import { newId } from '../new-id.js'
import { PerOwner, type Positioned } from '../per-owner.js'
import type { DatasetRow, RunRow, TrackingSchema } from '../schema.js'

const MAX_DATASETS = 1000

type Run = Pick<RunRow, 'run_id' | 'experiment_id'>

/** Data sets are known by name and digest within an experiment; what is there already stays as it is. */
export async function insertDatasets(
  tx: Transaction<TrackingSchema>,
  { run_id, experiment_id }: Run,
  inputs: readonly DatasetInput[],
  clock: Clock,
): Promise<void> {
  if (inputs.length > MAX_DATASETS)
    throw invalid(
      `A run can log at most ${MAX_DATASETS} datasets at once. Got ${inputs.length} datasets. Please split up datasets across multiple requests and try again.`,
    )
  for (const { dataset, tags = [] } of inputs) {
    const dataset_id = await ensureDataset(tx, experiment_id, dataset)
    const { numInsertedOrUpdatedRows: added } = await tx
      .insertInto('dataset_inputs')
      .values({ run_id, dataset_id, position: clock.positions(1) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    const values = new Map(tags.map(({ key, value }) => [key, value]))
    if (!added || values.size === 0) continue
    const first = clock.positions(values.size)
    const rows = [...values].map(([key, value], i) => ({
      run_id,
      dataset_id,
      key,
      value,
      position: first + i,
    }))
    await tx.insertInto('dataset_input_tags').values(rows).execute()
  }
}

async function ensureDataset(
  tx: Transaction<TrackingSchema>,
  experiment_id: number,
  dataset: Dataset,
): Promise<string> {
  const { name, digest, source_type, source, schema, profile } = dataset
  const known = { schema: schema ?? null, profile: profile ?? null }
  const row = { dataset_id: newId(), experiment_id, name, digest, source_type, source, ...known }
  await tx
    .insertInto('datasets')
    .values(row)
    .onConflict((conflict) => conflict.columns(['experiment_id', 'name', 'digest']).doNothing())
    .execute()
  const { dataset_id } = await tx
    .selectFrom('datasets')
    .select('dataset_id')
    .where('experiment_id', '=', experiment_id)
    .where('name', '=', name)
    .where('digest', '=', digest)
    .executeTakeFirstOrThrow()
  return dataset_id
}

export async function insertModelInputs(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  models: readonly ModelInput[],
  clock: Clock,
): Promise<void> {
  if (models.length === 0) return
  const first = clock.positions(models.length)
  await tx
    .insertInto('model_inputs')
    .values(models.map(({ model_id }, i) => ({ run_id, model_id, position: first + i })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function insertModelOutputs(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  models: readonly { readonly model_id: string; readonly step?: number }[],
  clock: Clock,
): Promise<void> {
  if (models.length === 0) return
  const first = clock.positions(models.length)
  await tx
    .insertInto('model_outputs')
    .values(models.map(({ model_id, step = 0 }, i) => ({ run_id, model_id, step, position: first + i })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** @param ids a row source with the column `id` */
export async function readInputs(db: Db<TrackingSchema>, ids: RawBuilder<unknown>) {
  const from = (table: string) => sql`from ${ids} as wanted cross join ${sql.table(table)}`
  const [datasets, tags, models, outputs] = await Promise.all([
    sql<DatasetRow & Positioned>`select dataset_inputs.run_id as owner, dataset_inputs.position, datasets.*
      ${from('dataset_inputs')} cross join datasets
      where run_id = wanted.id and datasets.dataset_id = dataset_inputs.dataset_id`.execute(db.read),
    sql<Positioned & InputTag & { dataset_id: string }>`
      select run_id as owner, dataset_id, key, value, position ${from('dataset_input_tags')}
      where run_id = wanted.id`.execute(db.read),
    sql<Positioned & ModelInput>`select run_id as owner, model_id, position ${from('model_inputs')}
      where run_id = wanted.id`.execute(db.read),
    sql<Positioned & ModelOutput>`select run_id as owner, model_id, step, position ${from('model_outputs')}
      where run_id = wanted.id`.execute(db.read),
  ])
  const tagsOf = new PerOwner<InputTag>(
    tags.rows.map((row) => ({ ...row, owner: inputOf(row) })),
    ({ key, value }: InputTag) => ({ key, value }),
  )
  return {
    datasets: new PerOwner<DatasetInput>(datasets.rows, (row: DatasetRow & Positioned) => ({
      ...tagsOf.get(inputOf(row), 'tags'),
      dataset: toDataset(row),
    })),
    models: new PerOwner<ModelInput>(models.rows, ({ model_id }: ModelInput) => ({ model_id })),
    outputs: new PerOwner<ModelOutput>(outputs.rows, ({ model_id, step }: ModelOutput) => ({
      model_id,
      step,
    })),
  }
}

interface InputTag {
  readonly key: string
  readonly value: string
}

const inputOf = (row: { owner: string; dataset_id: string }) => `${row.owner} ${row.dataset_id}`

const toDataset = ({ name, digest, source_type, source, schema, profile }: DatasetRow): Dataset => ({
  name,
  digest,
  source_type,
  source,
  ...(schema !== null && { schema }),
  ...(profile !== null && { profile }),
})
