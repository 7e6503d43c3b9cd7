import { truncate } from '@cairn/platform/text/length'
import type { Entry } from '../entries/entry.js'
import { toTagIfValid } from '../entries/trace-entries.js'
import { toPreview } from './preview.js'
import { ATTRIBUTE, type Span } from './span.js'
import { dump, type Value, type ValueMap } from './value.js'

const MAX_VALUE = 8000
const MS = 1_000_000n

/** Spans of one trace from one request, and the properties of the trace that follow from them. */
export interface TraceBatch {
  readonly trace_id: string
  readonly spans: readonly Span[]
  readonly start_ms: number
  /** The end; absent if none of the spans has ended. */
  readonly end_ms: number | undefined
  /** The status of the trace; absent without its root span. */
  readonly status: 'OK' | 'ERROR' | undefined
  readonly request_preview: string | undefined
  readonly response_preview: string | undefined
  readonly session: string | undefined
  readonly user: string | undefined
  /** Tags in the attributes of the root span. */
  readonly tags: readonly Entry[]
  /** Attributes of the OTLP resource that sent the spans. */
  readonly resource: readonly Entry[]
}

/** Groups spans by trace, in the order of trace ids, so that concurrent writers lock rows in the same order. */
export function toTraceBatches(
  groups: readonly { readonly resource: ValueMap; readonly spans: readonly Span[] }[],
): TraceBatch[] {
  const byTrace = new Map<string, { spans: Map<string, Span>; resource: ValueMap }>()
  for (const { resource, spans } of groups)
    for (const span of spans) {
      const known = byTrace.get(span.trace_id) ?? { spans: new Map<string, Span>(), resource }
      known.spans.set(span.span_id, span) // the last version of a span is the complete one
      byTrace.set(span.trace_id, known)
    }
  return [...byTrace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([trace_id, { spans, resource }]) => summarize(trace_id, [...spans.values()], resource))
}

function summarize(trace_id: string, spans: readonly Span[], resource: ValueMap): TraceBatch {
  const root = spans.find((span) => span.parent_span_id === undefined)
  const starts = spans.map((span) => toMs(span.start_time_unix_nano))
  const ends = spans.flatMap((span) => span.end_time_unix_nano ?? []).map(toMs)
  return {
    trace_id,
    spans,
    start_ms: starts.reduce((a, b) => Math.min(a, b)),
    end_ms: ends.length > 0 ? ends.reduce((a, b) => Math.max(a, b)) : undefined,
    status: root && (root.status === 'ERROR' ? 'ERROR' : 'OK'),
    request_preview: toPreview(root?.attributes[ATTRIBUTE.INPUTS], 'user'),
    response_preview: toPreview(root?.attributes[ATTRIBUTE.OUTPUTS], 'assistant'),
    session: firstAttributeText(spans, 'session.id') ?? firstAttributeText(spans, 'gen_ai.conversation.id'),
    user: firstAttributeText(spans, 'user.id'),
    tags: tagsWithPrefix(root?.attributes ?? {}, 'mlflow.traceTag.'),
    resource: Object.entries(resource).flatMap(([key, value]) =>
      /^(telemetry\.sdk|mlflow)\./.test(key) ? [] : toTagIfValid(key, textOf(value)),
    ),
  }
}

const toMs = (nanoseconds: bigint) => Number(nanoseconds / MS)

const textOf = (value: Value) => (typeof value === 'string' ? value : dump(value))

function firstAttributeText(spans: readonly Span[], name: string): string | undefined {
  for (const { attributes } of spans) {
    const value = attributes[name]
    if (value !== undefined && value !== null && value !== '') return truncate(textOf(value), MAX_VALUE)
  }
  return undefined
}

const tagsWithPrefix = (attributes: ValueMap, prefix: string) =>
  Object.entries(attributes).flatMap(([name, value]) =>
    name.startsWith(prefix) ? toTagIfValid(name.slice(prefix.length), textOf(value)) : [],
  )
