import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import type { SpanRow } from './schema.js'

/** Reads the spans of each trace, the root first, then by start time. */
export async function readSpanRows(
  db: Db<TrackingSchema>,
  ids: readonly string[],
): Promise<Map<string, SpanRow[]>> {
  const { rows } = await sql<SpanRow>`
    select spans.trace_id, span_id, otel_trace_id, parent_span_id, name, type, status, status_message,
      cast(start_time_unix_nano as text) as start_time_unix_nano,
      cast(end_time_unix_nano as text) as end_time_unix_nano, attributes, events, links
    from ${idRows(db.dialect, ids)} as wanted cross join spans where spans.trace_id = wanted.id
    order by case when parent_span_id is null then 0 else 1 end, spans.start_time_unix_nano, span_id`.execute(
    db.read,
  )
  return groupBy(rows, ({ trace_id }) => trace_id)
}
