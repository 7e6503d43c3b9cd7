import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { ListSpans, SpanSummary } from '@cairn/platform/protocol/cairn/trace-spans'
import type { Output } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import type { SpanRow } from './schema.js'

interface SpanPage {
  readonly limit: number
  /** The id of the last span of the previous page; empty for the first page. */
  readonly after: string
}

/** Lists spans of a trace by id, which is the order of their primary key. */
export async function listSpans(
  db: Db<TrackingSchema>,
  traceId: string,
  { limit, after }: SpanPage,
): Promise<Output<typeof ListSpans>> {
  const { rows } = await sql<Nullable<SpanSummary>>`
    select spans.span_id, parent_span_id, name, type, status,
      cast(start_time_unix_nano as text) as start_time_unix_nano,
      cast(end_time_unix_nano as text) as end_time_unix_nano,
      tokens.value as total_tokens, cost.value as total_cost
    from spans
    left join span_metrics as tokens on tokens.trace_id = spans.trace_id and tokens.span_id = spans.span_id
      and tokens.key = 'total_tokens'
    left join span_metrics as cost on cost.trace_id = spans.trace_id and cost.span_id = spans.span_id
      and cost.key = 'total_cost'
    where spans.trace_id = ${traceId} and spans.span_id > ${after}
    order by spans.span_id limit ${limit}`.execute(db.read)
  const last = rows.length === limit ? rows.at(-1)?.span_id : undefined
  return { spans: rows.map(withoutNulls), ...(last && { next_page_token: last }) }
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null }

type Contents = Pick<
  SpanRow,
  'name' | 'type' | 'status' | 'status_message' | 'attributes' | 'events' | 'links'
>

/** @throws RESOURCE_DOES_NOT_EXIST */
export async function getSpanRow(db: Db<TrackingSchema>, traceId: string, spanId: string): Promise<Contents> {
  const row = await db.read
    .selectFrom('spans')
    .select(['name', 'type', 'status', 'status_message', 'attributes', 'events', 'links'])
    .where('trace_id', '=', traceId)
    .where('span_id', '=', spanId)
    .executeTakeFirst()
  if (!row) throw missing(`Trace '${traceId}' has no span with ID '${spanId}'.`)
  return row
}
