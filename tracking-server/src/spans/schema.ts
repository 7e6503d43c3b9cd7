export interface SpanRow {
  trace_id: string
  span_id: string
  otel_trace_id: string
  parent_span_id: string | null
  name: string
  type: string
  status: string
  status_message: string
  /** Nanoseconds exceed the exact range of doubles, so they are written and read as text. */
  start_time_unix_nano: string
  end_time_unix_nano: string | null
  attributes: string
  events: string
  links: string
}
