import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { AnyJson, Double, Int64, Required } from '../wire.js'

const BASE = '/api/cairn/v1/traces/{trace_id}/spans'

/** The status is `UNSET`, `OK` or `ERROR`. */
const Named = { span_id: Type.String(), name: Type.String(), type: Type.String(), status: Type.String() }

/** A span without its contents. Times are nanoseconds since 1970 as text, because they exceed the exact range of doubles. */
export const SpanSummary = Type.Object({
  ...Named,
  parent_span_id: Type.Optional(Type.String()),
  start_time_unix_nano: Type.String(),
  /** Absent while the span is running. */
  end_time_unix_nano: Type.Optional(Type.String()),
  total_tokens: Type.Optional(Double()),
  /** The cost in US dollars. */
  total_cost: Type.Optional(Double()),
})
export type SpanSummary = Static<typeof SpanSummary>

const Attributes = Type.Record(Type.String(), AnyJson())
const Event = { name: Type.String(), time_unix_nano: AnyJson(), attributes: Type.Optional(Attributes) }

export const SpanDetail = Type.Object({
  ...Named,
  status_message: Type.String(),
  attributes: Attributes,
  events: Type.Array(Type.Object(Event)),
  links: Type.Array(Type.Object({ trace_id: Type.String(), span_id: Type.String() })),
})
export type SpanDetail = Static<typeof SpanDetail>

export const ListSpans = operation({
  id: 'listSpans',
  method: 'GET',
  path: BASE,
  summary:
    'List the spans of a trace by id, without attributes and events; empty if its spans are in an artifact',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    trace_id: Required(),
    max_results: Type.Optional(Int64({ minimum: 1, maximum: 10_000, default: 10_000 })),
    page_token: Type.Optional(Type.String({ maxLength: 50, description: 'The `next_page_token` of a page' })),
  }),
  output: Type.Object({ spans: Type.Array(SpanSummary), next_page_token: Type.Optional(Type.String()) }),
})

export const GetSpan = operation({
  id: 'getSpan',
  method: 'GET',
  path: `${BASE}/{span_id}`,
  summary: 'Get a span of a trace with its attributes, events and links',
  right: READ_EXPERIMENTS,
  input: Type.Object({ trace_id: Required(), span_id: Required() }),
  output: Type.Object({ span: SpanDetail }),
})
