import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { invalid } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { Tag } from '@cairn/platform/protocol/mlflow/experiments'
import type { Dataset, DatasetInput, ModelInput, ModelOutput } from '@cairn/platform/protocol/mlflow/runs'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock } from '../clock.js'
import { ItemsByOwner, type OwnedRow } from '../entries/items-by-owner.js'
import type { DatasetRow, TrackingSchema } from '../schema.js'
import type { RunKey } from './find.js'

const MAX_DATASETS = 1000

/** Adds datasets, which a name and digest identify within an experiment. Existing rows are not changed. */
export async function insertDatasets(
  tx: Transaction<TrackingSchema>,
  { run_id, experiment_id }: RunKey,
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
    if (!added || tags.length === 0) continue
    const rows = clock.positioned(lastByKey(tags).map((tag) => ({ run_id, dataset_id, ...tag })))
    await tx.insertInto('dataset_input_tags').values(rows).execute()
  }
}

/** Returns the id of a dataset of an experiment, which is created if it is new there. */
export async function ensureDataset(
  tx: Transaction<TrackingSchema>,
  experiment_id: RunKey['experiment_id'],
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
  await tx
    .insertInto('model_inputs')
    .values(clock.positioned(models.map(({ model_id }) => ({ run_id, model_id }))))
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
  await tx
    .insertInto('model_outputs')
    .values(clock.positioned(models.map(({ model_id, step = 0 }) => ({ run_id, model_id, step }))))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Reads the inputs and outputs of runs. @param ids a row source with the column `id` */
export async function readInputs(read: Kysely<TrackingSchema>, dialect: Dialect, ids: RawBuilder<unknown>) {
  const from = (table: string) =>
    sql`from ${ids} as wanted cross join ${sql.table(table)} where run_id = wanted.id`
  const { rows } = await sql<LinkRow>`
    select 'dataset' as kind, run_id as owner, dataset_id as other, 0 as step, position ${from('dataset_inputs')}
    union all select 'model', run_id, model_id, 0, position ${from('model_inputs')}
    union all select 'output', run_id, model_id, step, position ${from('model_outputs')}`.execute(read)
  const ofKind = (kind: LinkRow['kind']) => rows.filter((link) => link.kind === kind)
  const datasets = await readDatasets(read, dialect, ofKind('dataset'))
  return {
    datasets: new ItemsByOwner(datasets, ({ input }): DatasetInput => input),
    models: new ItemsByOwner(ofKind('model'), ({ other }): ModelInput => ({ model_id: other })),
    outputs: new ItemsByOwner(
      ofKind('output'),
      ({ other, step }): ModelOutput => ({ model_id: other, step }),
    ),
  }
}

/** Links a run, `owner`, to a dataset or model, `other`. */
interface LinkRow extends OwnedRow {
  readonly kind: 'dataset' | 'model' | 'output'
  readonly other: string
  readonly step: number
}

/** Skips its queries for runs without datasets, which most are. */
async function readDatasets(read: Kysely<TrackingSchema>, dialect: Dialect, links: readonly LinkRow[]) {
  if (links.length === 0) return []
  const runs = idRows(dialect, new Set(links.map(({ owner }) => owner)))
  const ids = idRows(dialect, new Set(links.map(({ other }) => other)))
  const [datasets, tags] = await Promise.all([
    sql<DatasetRow>`select datasets.* from ${ids} as wanted cross join datasets
      where dataset_id = wanted.id`.execute(read),
    sql<OwnedRow & Tag & { dataset_id: string }>`select run_id as owner, dataset_id, key, value, position
      from ${runs} as wanted cross join dataset_input_tags where run_id = wanted.id`.execute(read),
  ])
  const known = new Map(datasets.rows.map((row) => [row.dataset_id, toDataset(row)]))
  const tagsOf = new ItemsByOwner(
    tags.rows.map((row) => ({ ...row, owner: `${row.owner} ${row.dataset_id}` })),
    ({ key, value }): Tag => ({ key, value }),
  )
  return links.flatMap(({ owner, other, position }) => {
    const dataset = known.get(other)
    return dataset
      ? [{ owner, position, input: { ...tagsOf.get(`${owner} ${other}`, 'tags'), dataset } }]
      : []
  })
}

const toDataset = ({ name, digest, source_type, source, schema, profile }: DatasetRow): Dataset => ({
  name,
  digest,
  source_type,
  source,
  ...(schema !== null && { schema }),
  ...(profile !== null && { profile }),
})
