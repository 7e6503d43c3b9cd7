import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import type { Tag } from '@cairn/platform/protocol/mlflow/experiments'
import type { LoggedModel, LoggedModelMetric } from '@cairn/platform/protocol/mlflow/logged-models'
import { ItemsByOwner } from '../entries/items-by-owner.js'
import { toMetric } from '../metrics/wire.js'
import type { LoggedModelRow, TrackingSchema } from '../schema.js'

/** Reads models with their parameters, tags and metrics, in the order of `rows`. */
export const readModels = (db: Db<TrackingSchema>, rows: readonly LoggedModelRow[]): Promise<LoggedModel[]> =>
  inBatches(rows, (part) => readPart(db, part))

async function readPart(db: Db<TrackingSchema>, rows: readonly LoggedModelRow[]): Promise<LoggedModel[]> {
  const ids = rows.map((row) => row.model_id)
  const [params, tags, metrics] = await Promise.all([
    readEntries(db, 'logged_model_params', ids),
    readEntries(db, 'logged_model_tags', ids),
    readMetrics(db, ids),
  ])
  return rows.map((row) => ({
    info: { ...toInfo(row), ...tags.get(row.model_id, 'tags') },
    data: { ...params.get(row.model_id, 'params'), ...metrics.get(row.model_id, 'metrics') },
  }))
}

const toInfo = (row: LoggedModelRow): LoggedModel['info'] => ({
  model_id: row.model_id,
  experiment_id: String(row.experiment_id),
  name: row.name,
  creation_timestamp_ms: row.creation_timestamp_ms,
  last_updated_timestamp_ms: row.last_updated_timestamp_ms,
  artifact_uri: row.artifact_uri,
  status: row.status as LoggedModel['info']['status'],
  ...(row.model_type !== null && { model_type: row.model_type }),
  ...(row.source_run_id !== null && { source_run_id: row.source_run_id }),
  ...(row.status_message !== null && { status_message: row.status_message }),
})

async function readEntries(
  db: Db<TrackingSchema>,
  table: 'logged_model_params' | 'logged_model_tags',
  ids: readonly string[],
) {
  const rows = await db.read
    .selectFrom(table)
    .select(['model_id as owner', 'key', 'value', 'position'])
    .where('model_id', 'in', ids)
    .execute()
  return new ItemsByOwner(rows, ({ key, value }): Tag => ({ key, value }))
}

async function readMetrics(db: Db<TrackingSchema>, ids: readonly string[]) {
  const rows = await db.read
    .selectFrom('logged_model_metrics')
    .selectAll()
    .select('model_id as owner')
    .where('model_id', 'in', ids)
    .execute()
  return new ItemsByOwner(
    rows,
    (row): LoggedModelMetric => ({
      ...toMetric(row),
      ...(row.dataset_name && { dataset_name: row.dataset_name }),
      ...(row.dataset_digest && { dataset_digest: row.dataset_digest }),
      model_id: row.model_id,
      run_id: row.run_id,
    }),
  )
}
