import type { SpanRow } from './schema.js'
import { ATTRIBUTE, type Span, UNKNOWN_TYPE } from './span.js'
import { dumpStorable, type Value } from './value.js'

/** Converts a span to its row. */
export function toSpanRow(span: Span): SpanRow {
  const type = span.attributes[ATTRIBUTE.TYPE]
  return {
    trace_id: span.trace_id,
    span_id: span.span_id,
    otel_trace_id: span.otel_trace_id,
    parent_span_id: span.parent_span_id ?? null,
    name: span.name,
    type: typeof type === 'string' && type !== '' ? type : UNKNOWN_TYPE,
    status: span.status,
    status_message: span.status_message,
    start_time_unix_nano: String(span.start_time_unix_nano),
    end_time_unix_nano: span.end_time_unix_nano === undefined ? null : String(span.end_time_unix_nano),
    attributes: dumpStorable(span.attributes),
    events: dumpStorable(span.events as unknown as Value),
    links: dumpStorable(span.links as unknown as Value),
  }
}
