import type { Db, Transaction } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { TrackingSchema } from '../schema.js'
import type { EvaluationDatasetRow } from './schema.js'

/** Serializes changes of a dataset. */
export async function lockDataset(
  { dialect }: Db<TrackingSchema>,
  tx: Transaction<TrackingSchema>,
  id: string,
): Promise<void> {
  await dialect.lock(`evaluation dataset ${id}`)?.execute(tx)
}

export const noSuchDataset = (id: string) => missing(`Evaluation dataset with id '${id}' not found`)

/** @throws RESOURCE_DOES_NOT_EXIST */
export async function getDataset(db: Transaction<TrackingSchema>, id: string): Promise<EvaluationDatasetRow> {
  const row = await db
    .selectFrom('evaluation_datasets')
    .selectAll()
    .where('dataset_id', '=', id)
    .executeTakeFirst()
  if (!row) throw noSuchDataset(id)
  return row
}
