import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import { noSuchModel } from './find.js'
import type { ModelPoint } from './model-point.js'

const COLUMNS: Columns = {
  model_id: 'text',
  key: 'text',
  timestamp: 'bigint',
  step: 'bigint',
  dataset_name: 'text',
  dataset_digest: 'text',
  value: 'double precision',
  is_nan: 'integer',
  position: 'bigint',
}

/** @throws RESOURCE_DOES_NOT_EXIST for a model */
export async function insertModelMetrics(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  runId: string,
  points: readonly ModelPoint[],
  clock: Clock,
): Promise<void> {
  const ids = [...new Set(points.map((point) => point.model_id))]
  const known = await tx.selectFrom('logged_models').select('model_id').where('model_id', 'in', ids).execute()
  const unknown = ids.find((id) => !known.some((row) => row.model_id === id))
  if (unknown !== undefined) throw noSuchModel(unknown)
  const source = dialect.rows(clock.positioned(points), COLUMNS)
  await sql`insert into logged_model_metrics
      (model_id, key, timestamp, step, run_id, dataset_name, dataset_digest, value, is_nan, position)
    select model_id, key, timestamp, step, ${runId}, dataset_name, dataset_digest, value, is_nan, position
    from ${source} as point where true
    on conflict do nothing`.execute(tx)
}
