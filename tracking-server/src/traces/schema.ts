export interface TraceRow {
  trace_id: string
  experiment_id: number
  timestamp_ms: number
  /** Null while it runs. */
  execution_time_ms: number | null
  status: string
  client_request_id: string | null
  request_preview: string | null
  response_preview: string | null
}

/** Tags and metadata. */
export interface TraceEntryRow {
  trace_id: string
  key: string
  value: string
  /** Grows with the order of first writing. */
  position: number
}

export interface SpanRow {
  trace_id: string
  span_id: string
  otel_trace_id: string
  parent_span_id: string | null
  name: string
  type: string
  status: string
  status_message: string
  /** Beyond what a double holds exactly: written from text, and read as text. */
  start_time_unix_nano: string
  end_time_unix_nano: string | null
  attributes: string
  events: string
  links: string
}

export interface AssessmentRow {
  assessment_id: string
  trace_id: string
  name: string
  kind: 'feedback' | 'expectation' | 'issue'
  value: string
  error: string | null
  created_timestamp: number
  last_updated_timestamp: number
  source_type: string
  source_id: string | null
  span_id: string | null
  rationale: string | null
  overrides: string | null
  valid: 0 | 1
  metadata: string | null
  session: string | null
  position: number
}

export interface TraceSchema {
  traces: TraceRow
  trace_tags: TraceEntryRow
  trace_metadata: TraceEntryRow
  trace_counts: { trace_id: string; key: string }
  trace_metrics: { trace_id: string; key: string; value: number }
  spans: SpanRow
  span_metrics: { trace_id: string; span_id: string; key: string; value: number }
  assessments: AssessmentRow
  trace_runs: { trace_id: string; run_id: string }
  trace_prompts: { trace_id: string; prompt_version: string }
}
