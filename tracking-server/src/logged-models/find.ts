import type { Transaction } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { LoggedModelRow, TrackingSchema } from '../schema.js'

export const noSuchModel = (modelId: string) => missing(`Logged model with ID '${modelId}' not found.`)

/** Returns a model, deleted or not. @throws RESOURCE_DOES_NOT_EXIST */
export async function getModel(tx: Transaction<TrackingSchema>, modelId: string): Promise<LoggedModelRow> {
  const row = await tx
    .selectFrom('logged_models')
    .selectAll()
    .where('model_id', '=', modelId)
    .executeTakeFirst()
  if (!row) throw noSuchModel(modelId)
  return row
}

/** @throws RESOURCE_DOES_NOT_EXIST, also for deleted models */
export async function getActiveModel(
  tx: Transaction<TrackingSchema>,
  modelId: string,
): Promise<LoggedModelRow> {
  const row = await getModel(tx, modelId)
  if (row.lifecycle_stage === 'deleted') throw noSuchModel(modelId)
  return row
}
