import type { AssessmentRow } from '../assessments/schema.js'
import type { SpanRow } from '../spans/schema.js'

export interface TraceRow {
  trace_id: string
  experiment_id: number
  timestamp_ms: number
  /** The duration; null while the trace is running. */
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
  /** Increases in the order of first writing. */
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
