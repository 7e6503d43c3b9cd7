import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { toSpanRow } from './row.js'
import type { TraceBatch } from './trace-batch.js'
import { spanUsage } from './usage.js'

const SPAN: Columns = {
  trace_id: 'text',
  span_id: 'text',
  otel_trace_id: 'text',
  parent_span_id: 'text',
  name: 'text',
  type: 'text',
  status: 'text',
  status_message: 'text',
  start_time_unix_nano: 'bigint',
  end_time_unix_nano: 'bigint',
  attributes: 'text',
  events: 'text',
  links: 'text',
}
const AMOUNT: Columns = { trace_id: 'text', span_id: 'text', key: 'text', value: 'double precision' }

/** Inserts spans. Replaces existing ones, because clients send spans again when they change. */
export async function insertSpans(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  batches: readonly Pick<TraceBatch, 'spans'>[],
): Promise<void> {
  const spans = batches.flatMap((batch) => batch.spans)
  const columns = Object.keys(SPAN).map((name) => sql.ref(name))
  const updates = Object.keys(SPAN)
    .slice(2)
    .map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`)
  await sql`insert into spans (${sql.join(columns)})
    select ${sql.join(columns)} from ${dialect.rows(spans.map(toSpanRow), SPAN)} as span where true
    on conflict (trace_id, span_id) do update set ${sql.join(updates)}`.execute(tx)
  const amounts = spans.flatMap((span) => {
    const { trace_id, span_id } = span
    return Object.entries(spanUsage(span)).map(([key, value]) => ({ trace_id, span_id, key, value }))
  })
  if (amounts.length === 0) return
  await sql`insert into span_metrics (trace_id, span_id, key, value)
    select trace_id, span_id, key, value from ${dialect.rows(amounts, AMOUNT)} as amount where true
    on conflict (trace_id, span_id, key) do update set value = excluded.value`.execute(tx)
}
