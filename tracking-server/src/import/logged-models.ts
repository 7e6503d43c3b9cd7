import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { ImportedLoggedModel, ImportLoggedModel } from '@cairn/platform/protocol/cairn/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import { getExperiment } from '../experiments/find.js'
import { appendPath, artifactLocation } from '../experiments/location.js'
import { insertModelMetrics } from '../logged-models/metrics.js'
import type { ModelPoint } from '../logged-models/model-point.js'
import { putModelEntries } from '../logged-models/store.js'
import { toMetricPoint } from '../metrics/logged-points.js'
import type { LoggedModelRow, TrackingSchema } from '../schema.js'

/**
 * Imports a logged model with its contents in one transaction. Importing it again merges it.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for the experiment, RESOURCE_CONFLICT if a model of another experiment has the id
 */
export async function importLoggedModel(
  db: Db<TrackingSchema>,
  clock: Clock,
  input: ImportedLoggedModel,
): Promise<Output<typeof ImportLoggedModel>> {
  const points = pointsByRun(input)
  return db.transaction(async (tx) => {
    const { model_id } = input
    await db.dialect.lock(`import:${model_id}`)?.execute(tx) // two concurrent imports of a model must not both insert it
    const { experiment_id, artifact_location } = await getExperiment(tx, input.experiment_id)
    const known = await tx
      .selectFrom('logged_models')
      .selectAll()
      .where('model_id', '=', model_id)
      .executeTakeFirst()
    if (known && known.experiment_id !== experiment_id)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `Logged model '${model_id}' is in experiment ${known.experiment_id} already, not in ${experiment_id}.`,
      )
    const artifact_uri = input.artifact_uri
      ? artifactLocation(input.artifact_uri)
      : appendPath(artifact_location, 'models', model_id, 'artifacts')
    const row = known ?? { ...rowOf(input), experiment_id, artifact_uri }
    if (known)
      await tx.updateTable('logged_models').set(rowOf(input)).where('model_id', '=', model_id).execute()
    else await tx.insertInto('logged_models').values(row).execute()
    await putModelEntries(tx, clock, 'logged_model_params', model_id, input.params)
    await putModelEntries(tx, clock, 'logged_model_tags', model_id, input.tags)
    for (const [runId, own] of points) await insertModelMetrics(tx, db.dialect, runId, own, clock)
    return { model_id, artifact_uri: row.artifact_uri, outcome: known ? 'merged' : 'created' }
  })
}

const rowOf = (input: ImportedLoggedModel): Omit<LoggedModelRow, 'experiment_id' | 'artifact_uri'> => ({
  model_id: input.model_id,
  name: input.name,
  creation_timestamp_ms: input.creation_timestamp_ms,
  last_updated_timestamp_ms: input.last_updated_timestamp_ms,
  status: input.status,
  status_message: input.status_message ?? null,
  model_type: input.model_type ?? '',
  source_run_id: input.source_run_id ?? '',
  lifecycle_stage: input.lifecycle_stage ?? 'active',
})

function pointsByRun({ model_id, metrics = [] }: ImportedLoggedModel): Map<string, ModelPoint[]> {
  const byRun = new Map<string, ModelPoint[]>()
  for (const [i, { run_id, dataset_name = '', dataset_digest = '', ...metric }] of metrics.entries()) {
    const point = { ...toMetricPoint(metric, `metrics[${i}].`), model_id, dataset_name, dataset_digest }
    const known = byRun.get(run_id)
    if (known) known.push(point)
    else byRun.set(run_id, [point])
  }
  return byRun
}
