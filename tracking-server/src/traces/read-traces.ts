import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { TraceInfo } from '@cairn/platform/protocol/mlflow/traces'
import { type RawBuilder, sql } from 'kysely'
import type { AssessmentRow } from '../assessments/schema.js'
import { toAssessment } from '../assessments/wire.js'
import type { Entry } from '../entries/entry.js'
import { ItemsByOwner, type OwnedRow } from '../entries/items-by-owner.js'
import { writeDuration, writeTime } from '../protobuf-time.js'
import type { TrackingSchema } from '../schema.js'
import type { TraceRow } from './schema.js'

/** Reads traces without their spans, in the order of `rows`. */
export async function readTraces(db: Db<TrackingSchema>, rows: readonly TraceRow[]): Promise<TraceInfo[]> {
  if (rows.length === 0) return []
  const ids = idRows(
    db.dialect,
    rows.map((row) => row.trace_id),
  )
  const [tags, metadata, assessments] = await Promise.all([
    readEntries(db, 'trace_tags', ids),
    readEntries(db, 'trace_metadata', ids),
    readAssessments(db, ids),
  ])
  return rows.map((row) => ({
    ...toInfo(row),
    ...asMap('trace_metadata', metadata.get(row.trace_id, 'entries').entries),
    ...asMap('tags', tags.get(row.trace_id, 'entries').entries),
    ...assessments.get(row.trace_id, 'assessments'),
  }))
}

const toInfo = (row: TraceRow): TraceInfo => ({
  trace_id: row.trace_id,
  ...(row.client_request_id !== null && { client_request_id: row.client_request_id }),
  trace_location: {
    type: 'MLFLOW_EXPERIMENT',
    mlflow_experiment: { experiment_id: String(row.experiment_id) },
  },
  request_time: writeTime(row.timestamp_ms),
  ...(row.execution_time_ms !== null && { execution_duration: writeDuration(row.execution_time_ms) }),
  state: row.status as NonNullable<TraceInfo['state']>,
  ...(row.request_preview !== null && { request_preview: row.request_preview }),
  ...(row.response_preview !== null && { response_preview: row.response_preview }),
})

const asMap = <Name extends string>(name: Name, entries: readonly Entry[] | undefined) =>
  entries &&
  ({ [name]: Object.fromEntries(entries.map(({ key, value }) => [key, value])) } as Record<
    Name,
    Record<string, string>
  >)

async function readEntries(
  db: Db<TrackingSchema>,
  table: 'trace_tags' | 'trace_metadata',
  ids: RawBuilder<unknown>,
) {
  const { rows } = await sql<Entry & OwnedRow>`
    select trace_id as owner, key, value, position
    from ${ids} as wanted cross join ${sql.table(table)} where trace_id = wanted.id`.execute(db.read)
  return new ItemsByOwner(rows, ({ key, value }): Entry => ({ key, value }))
}

async function readAssessments(db: Db<TrackingSchema>, ids: RawBuilder<unknown>) {
  const { rows } = await sql<AssessmentRow & OwnedRow>`
    select trace_id as owner, assessments.*
    from ${ids} as wanted cross join assessments where trace_id = wanted.id`.execute(db.read)
  return new ItemsByOwner(rows, toAssessment)
}
