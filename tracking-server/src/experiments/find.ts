import type { Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import type { ExperimentRow, TrackingSchema } from '../schema.js'
import { parseExperimentId } from './id.js'

export const noSuchExperiment = (id: string) => missing(`No Experiment with id=${id} exists`)

/** @throws RESOURCE_DOES_NOT_EXIST */
export async function getExperiment(tx: Transaction<TrackingSchema>, id: string): Promise<ExperimentRow> {
  const row = await tx
    .selectFrom('experiments')
    .selectAll()
    .where('experiment_id', '=', parseExperimentId(id))
    .executeTakeFirst()
  if (!row) throw noSuchExperiment(id)
  return row
}

/** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE when it is deleted */
export async function getActiveExperiment(
  tx: Transaction<TrackingSchema>,
  id: string,
): Promise<ExperimentRow> {
  const row = await getExperiment(tx, id)
  if (row.lifecycle_stage !== 'active')
    throw invalid(`The experiment ${id} must be in the 'active' state. Current state is deleted.`)
  return row
}
