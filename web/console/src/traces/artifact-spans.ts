import type { SpanDetail, SpanSummary } from '../api/traces.js'
import { parseJson } from './trace-values.js'

export interface ReadSpan {
  readonly summary: SpanSummary
  readonly detail: SpanDetail
}

type Json = Readonly<Record<string, unknown>>

/** Reads a span of `traces.json`: of MLflow 3, and of MLflow 2, which nests ids and names times otherwise. */
export function readArtifactSpan(span: Json): ReadSpan {
  const status = (span.status ?? {}) as Json
  const attributes = parsed((span.attributes ?? {}) as Json)
  const shared = {
    span_id: text(span.span_id ?? (span.context as Json | undefined)?.span_id) ?? '',
    name: text(span.name) ?? '',
    type: text(attributes['mlflow.spanType']) ?? 'UNKNOWN',
    status: (text(status.code ?? span.status_code) ?? 'UNSET').replace('STATUS_CODE_', ''),
  }
  return {
    summary: {
      ...shared,
      start_time_unix_nano: text(span.start_time_unix_nano ?? span.start_time) ?? '0',
      ...optional('parent_span_id', text(span.parent_span_id ?? span.parent_id)),
      ...optional('end_time_unix_nano', text(span.end_time_unix_nano ?? span.end_time)),
      ...optional('total_tokens', amount(attributes['mlflow.chat.tokenUsage'], 'total_tokens')),
      ...optional('total_cost', amount(attributes['mlflow.llm.cost'], 'total_cost')),
    },
    detail: {
      ...shared,
      status_message: text(status.message ?? span.status_message) ?? '',
      attributes,
      events: ((span.events ?? []) as Json[]).map(readEvent),
      links: [],
    },
  }
}

/** The value of each attribute is JSON text, except in the oldest files. */
const parsed = (attributes: Json) =>
  Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? (parseJson(value) ?? value) : value,
    ]),
  )

const readEvent = (event: Json) => ({
  name: text(event.name) ?? '',
  time_unix_nano: event.time_unix_nano ?? event.timestamp,
  attributes: (event.attributes ?? {}) as Record<string, unknown>,
})

const optional = <K extends string, V>(key: K, value: V | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [key in K]?: V }

const text = (value: unknown) =>
  value === undefined || value === null || value === '' ? undefined : String(value)

const amount = (usage: unknown, kind: string) => {
  const value = (usage as Json | undefined)?.[kind]
  return typeof value === 'number' ? value : undefined
}
