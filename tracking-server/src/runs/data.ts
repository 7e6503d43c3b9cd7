import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { inParts } from '@cairn/platform/in-parts'
import type { Tag } from '@cairn/platform/protocol/experiments'
import type { Metric } from '@cairn/platform/protocol/metrics'
import type { Run, RunInfo } from '@cairn/platform/protocol/runs'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { PerOwner, type Positioned } from '../per-owner.js'
import type { MetricRow, RunRow, TrackingSchema } from '../schema.js'
import { readInputs } from './inputs.js'

/** Whole runs, in the order of `rows`. */
export const readRuns = (db: Db<TrackingSchema>, rows: readonly RunRow[]): Promise<Run[]> =>
  inParts(rows, async (part) => {
    const ids = part.map(({ run_id }) => run_id)
    const contents = await db.reading((read) => readContents(read, db.dialect, ids))
    return part.map((row) => contents.of(row))
  })

/** A whole run, or nothing. */
export async function findRun(db: Db<TrackingSchema>, runId: string): Promise<Run | undefined> {
  const [row, contents] = await db.reading((read) =>
    Promise.all([
      read.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst(),
      readContents(read, db.dialect, [runId]),
    ]),
  )
  return row && contents.of(row)
}

/** What is logged to runs, put together with their rows. */
async function readContents(read: Read, dialect: Dialect, runIds: readonly string[]) {
  const ids = idRows(dialect, runIds)
  const [metrics, { params, tags }, used] = await Promise.all([
    readMetrics(read, ids),
    readEntries(read, ids),
    readInputs(read, dialect, ids),
  ])
  return {
    of: (row: RunRow): Run => ({
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
    }),
  }
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
type Read = Kysely<TrackingSchema>

async function readMetrics(read: Read, ids: Ids) {
  const { rows } = await sql<MetricRow & Positioned>`
    select run_id as owner, key, value, timestamp, step, is_nan, position
    from ${ids} as wanted cross join latest_metrics where run_id = wanted.id`.execute(read)
  return new PerOwner<Metric>(rows, (row: MetricRow) => toMetric(row))
}

async function readEntries(read: Read, ids: Ids) {
  const from = (table: string) =>
    sql`from ${ids} as wanted cross join ${sql.table(table)} where run_id = wanted.id`
  const { rows } = await sql<Tag & Positioned & { kind: 'param' | 'tag' }>`
    select 'param' as kind, run_id as owner, key, value, position ${from('params')}
    union all select 'tag', run_id, key, value, position ${from('tags')}`.execute(read)
  const ofKind = (kind: 'param' | 'tag') =>
    new PerOwner<Tag>(
      rows.filter((row) => row.kind === kind),
      ({ key, value }: Tag) => ({ key, value }),
    )
  return { params: ofKind('param'), tags: ofKind('tag') }
}
