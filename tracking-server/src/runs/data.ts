import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { Tag } from '@cairn/platform/protocol/experiments'
import type { Metric } from '@cairn/platform/protocol/metrics'
import type { Run, RunInfo } from '@cairn/platform/protocol/runs'
import { type RawBuilder, sql } from 'kysely'
import { PerOwner, type Positioned } from '../per-owner.js'
import type { MetricRow, RunRow, TrackingSchema } from '../schema.js'
import { readInputs } from './inputs.js'

/** Runs whose contents are read at a time: other requests get their turn between. */
const CHUNK = 1000

/** Whole runs, in the order of `rows`. */
export async function readRuns(db: Db<TrackingSchema>, rows: readonly RunRow[]): Promise<Run[]> {
  const runs: Run[] = []
  for (let start = 0; start < rows.length; start += CHUNK) {
    if (start > 0) await new Promise(setImmediate)
    runs.push(...(await readChunk(db, rows.slice(start, start + CHUNK))))
  }
  return runs
}

async function readChunk(db: Db<TrackingSchema>, rows: readonly RunRow[]): Promise<Run[]> {
  const ids = idRows(
    db.dialect,
    rows.map(({ run_id }) => run_id),
  )
  const [metrics, params, tags, used] = await Promise.all([
    readMetrics(db, ids),
    readEntries(db, 'params', ids),
    readEntries(db, 'tags', ids),
    readInputs(db, ids),
  ])
  return rows.map((row) => ({
    info: toInfo(row),
    data: {
      ...metrics.get(row.run_id, 'metrics'),
      ...params.get(row.run_id, 'params'),
      ...tags.get(row.run_id, 'tags'),
    },
    inputs: {
      ...used.datasets.get(row.run_id, 'dataset_inputs'),
      ...used.models.get(row.run_id, 'model_inputs'),
    },
    outputs: { ...used.outputs.get(row.run_id, 'model_outputs') },
  }))
}

export const toInfo = (row: RunRow): RunInfo => ({
  run_uuid: row.run_id,
  experiment_id: String(row.experiment_id),
  run_name: row.run_name,
  user_id: row.user_id,
  status: row.status as RunInfo['status'],
  start_time: row.start_time,
  ...(row.end_time !== null && { end_time: row.end_time }),
  artifact_uri: row.artifact_uri,
  lifecycle_stage: row.lifecycle_stage,
  run_id: row.run_id,
})

/** A stored point as it goes over the wire. */
export const toMetric = ({ key, value, timestamp, step, is_nan }: Omit<MetricRow, 'run_id'>): Metric => ({
  key,
  value: is_nan ? 'NaN' : value,
  timestamp,
  step,
})

type Ids = RawBuilder<unknown>

async function readMetrics(db: Db<TrackingSchema>, ids: Ids) {
  const { rows } = await sql<MetricRow & Positioned>`
    select run_id as owner, key, value, timestamp, step, is_nan, position
    from ${ids} as wanted cross join latest_metrics where run_id = wanted.id`.execute(db.read)
  return new PerOwner<Metric>(rows, (row: MetricRow) => toMetric(row))
}

async function readEntries(db: Db<TrackingSchema>, table: 'params' | 'tags', ids: Ids) {
  const { rows } = await sql<Tag & Positioned>`
    select run_id as owner, key, value, position
    from ${ids} as wanted cross join ${sql.table(table)} where run_id = wanted.id`.execute(db.read)
  return new PerOwner<Tag>(rows, ({ key, value }: Tag) => ({ key, value }))
}
