import type { ValueMap } from './value.js'

export type SpanStatus = 'UNSET' | 'OK' | 'ERROR'

export interface SpanEvent {
  readonly name: string
  readonly time_unix_nano: bigint
  readonly attributes: ValueMap
}

/** A link to a span of any trace. */
export interface SpanLink {
  /** OpenTelemetry's id, 32 hexadecimal digits. */
  readonly trace_id: string
  readonly span_id: string
  readonly attributes: ValueMap
}

/** A span of a trace. */
export interface Span {
  readonly trace_id: string
  /** OpenTelemetry's id, 32 hexadecimal digits. */
  readonly otel_trace_id: string
  /** 16 hexadecimal digits, which are unique within a trace. */
  readonly span_id: string
  readonly parent_span_id: string | undefined
  readonly name: string
  readonly status: SpanStatus
  readonly status_message: string
  readonly start_time_unix_nano: bigint
  /** Absent while the span is running. */
  readonly end_time_unix_nano: bigint | undefined
  readonly attributes: ValueMap
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
}

/** Attributes of spans that MLflow interprets. */
export const ATTRIBUTE = {
  TRACE_ID: 'mlflow.traceRequestId',
  TYPE: 'mlflow.spanType',
  INPUTS: 'mlflow.spanInputs',
  OUTPUTS: 'mlflow.spanOutputs',
  USAGE: 'mlflow.chat.tokenUsage',
  TOOLS: 'mlflow.chat.tools',
  COST: 'mlflow.llm.cost',
  MODEL: 'mlflow.llm.model',
  PROVIDER: 'mlflow.llm.provider',
  FORMAT: 'mlflow.message.format',
} as const

/** The type of a span that has none. */
export const UNKNOWN_TYPE = 'UNKNOWN'
