import type { SpanRow } from './schema.js'
import { dump, isList, parse, type Value, type ValueMap } from './value.js'

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')

const mapOf = (json: string) => parse(json) as ValueMap
const mapsOf = (json: string) => parse(json) as readonly ValueMap[]

/** Converts a span to OpenTelemetry's protobuf JSON, as in responses of `traces/get`, without empty fields. */
export function toOtlp(row: SpanRow): ValueMap {
  const events = mapsOf(row.events)
  const links = mapsOf(row.links)
  return {
    trace_id: base64(row.otel_trace_id),
    span_id: base64(row.span_id),
    ...(row.parent_span_id !== null && { parent_span_id: base64(row.parent_span_id) }),
    name: row.name,
    start_time_unix_nano: BigInt(row.start_time_unix_nano),
    ...(row.end_time_unix_nano !== null && { end_time_unix_nano: BigInt(row.end_time_unix_nano) }),
    attributes: keyValues(mapOf(row.attributes)),
    ...(events.length > 0 && {
      events: events.map(({ attributes, ...event }) => ({ ...event, ...keyed(attributes) })),
    }),
    ...(links.length > 0 && { links: links.map(toOtlpLink) }),
    status: {
      ...(row.status !== 'UNSET' && { code: `STATUS_CODE_${row.status}` }),
      ...(row.status_message !== '' && { message: row.status_message }),
    },
  }
}

const toOtlpLink = ({ trace_id, span_id, attributes }: ValueMap): ValueMap => ({
  trace_id: base64(String(trace_id)),
  span_id: base64(String(span_id)),
  ...keyed(attributes),
})

function keyed(attributes: Value | undefined) {
  const entries = keyValues((attributes ?? {}) as ValueMap)
  return entries.length > 0 ? { attributes: entries } : {}
}

const keyValues = (map: ValueMap): ValueMap[] =>
  Object.entries(map).map(([key, value]) => ({ key, value: anyValue(value) }))

function anyValue(value: Value): ValueMap {
  if (value === null) return {}
  switch (typeof value) {
    case 'string':
      return { string_value: value }
    case 'boolean':
      return { bool_value: value }
    case 'bigint':
      return { int_value: value }
    case 'number':
      return { double_value: Number.isFinite(value) ? value : String(value) }
  }
  if (isList(value)) return { array_value: value.length > 0 ? { values: value.map(anyValue) } : {} }
  const values = keyValues(value)
  return { kvlist_value: values.length > 0 ? { values } : {} }
}

/** Converts a span to MLflow's own format, as in `traces.json`: the value of each attribute is JSON text. */
export const toSpanDocument = (row: SpanRow): ValueMap => ({
  trace_id: base64(row.otel_trace_id),
  span_id: base64(row.span_id),
  parent_span_id: row.parent_span_id === null ? null : base64(row.parent_span_id),
  name: row.name,
  start_time_unix_nano: BigInt(row.start_time_unix_nano),
  end_time_unix_nano: row.end_time_unix_nano === null ? null : BigInt(row.end_time_unix_nano),
  events: mapsOf(row.events),
  status: { code: `STATUS_CODE_${row.status}`, message: row.status_message },
  attributes: Object.fromEntries(
    Object.entries(mapOf(row.attributes)).map(([name, value]) => [name, dump(value)]),
  ),
  links: mapsOf(row.links).map((link) => ({ ...link, trace_id: `tr-${link.trace_id}` })),
})
