import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { invalid } from '@cairn/platform/errors'
import type { DeleteTraces } from '@cairn/platform/protocol/mlflow/traces'
import type { Input } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import { parseExperimentId } from '../experiments/id.js'
import type { TrackingSchema } from '../schema.js'

/** The maximum number of traces that one transaction deletes, so that other writers are not blocked for long. */
const MAX_TRACES = 500

/** The tables in the order of deletion. `traces` is first, because writers of spans lock the row of their trace. */
export const TRACE_TABLES = [
  'traces',
  'spans',
  'span_metrics',
  'trace_tags',
  'trace_metadata',
  'trace_metrics',
  'trace_counts',
  'trace_runs',
  'trace_prompts',
  'assessments',
] as const

/** Deletes traces of an experiment with everything that belongs to them, the oldest first. @returns their number */
export async function deleteTraces(
  db: Db<TrackingSchema>,
  { experiment_id, max_timestamp_millis, max_traces, request_ids = [] }: Input<typeof DeleteTraces>,
): Promise<number> {
  if (max_timestamp_millis === undefined && request_ids.length === 0)
    throw invalid('Either `max_timestamp_millis` or `trace_ids` must be specified.')
  if (max_timestamp_millis !== undefined && request_ids.length > 0)
    throw invalid('Only one of `max_timestamp_millis` and `trace_ids` can be specified.')
  if (request_ids.length > 0 && max_traces !== undefined)
    throw invalid("`max_traces` can't be specified if `trace_ids` is specified.")
  if (max_traces !== undefined && max_traces <= 0)
    throw invalid(`\`max_traces\` must be a positive integer, received ${max_traces}.`)
  const experiment = parseExperimentId(experiment_id)
  const wanted = idRows(db.dialect, request_ids)
  const condition =
    max_timestamp_millis === undefined
      ? sql`trace_id in (select id from ${wanted} as wanted)`
      : sql`timestamp_ms <= ${max_timestamp_millis}`
  let deleted = 0
  for (;;) {
    const limit = Math.min(MAX_TRACES, (max_traces ?? Number.POSITIVE_INFINITY) - deleted)
    const count = limit > 0 ? await deleteBatch(db, experiment, condition, limit) : 0
    deleted += count
    if (count < MAX_TRACES) return deleted
  }
}

function deleteBatch(
  db: Db<TrackingSchema>,
  experiment: number,
  condition: ReturnType<typeof sql>,
  limit: number,
): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await sql<{ trace_id: string }>`select trace_id from traces
      where experiment_id = ${experiment} and ${condition} order by timestamp_ms, trace_id limit ${limit}`.execute(
      tx,
    )
    if (rows.length === 0) return 0
    const deleted = db.dialect.rows(rows, { trace_id: 'text' })
    for (const table of TRACE_TABLES)
      await sql`delete from ${sql.table(table)} where trace_id in (select trace_id from ${deleted} as deleted)`.execute(
        tx,
      )
    return rows.length
  })
}
