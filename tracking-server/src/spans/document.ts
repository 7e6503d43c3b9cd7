import { invalid } from '@cairn/platform/errors'
import type { Span, SpanEvent, SpanLink, SpanStatus } from './span.js'
import { isList, isMap, parseClean, parseOrKeep, type Value, type ValueMap } from './value.js'

/**
 * Parses spans from the format of MLflow's database and of `traces.json`, of any MLflow release. The inverse of
 * `toSpanDocument`.
 *
 * @throws INVALID_PARAMETER_VALUE naming the malformed span
 */
export function parseSpanDocuments(trace_id: string, documents: readonly string[]): Span[] {
  const spans = documents.map((json, i) => readDocument(trace_id, json, `spans[${i}]`))
  return [...new Map(spans.map((span) => [span.span_id, span])).values()] // as with OTLP, the last version of a span is the complete one
}

function readDocument(trace_id: string, json: string, field: string): Span {
  try {
    return toSpan(trace_id, mapOf(parseClean(json)))
  } catch (cause) {
    throw invalid(`'${field}' is not a span in MLflow's format.`, { cause })
  }
}

/** Before MLflow 3 the ids were in a `context`, and other fields had other names. */
function toSpan(trace_id: string, input: ValueMap): Span {
  const ids = input.context ? mapOf(input.context) : input
  const { code = input.status_code, message = input.status_message } = mapOf(input.status)
  const parent = input.parent_span_id ?? input.parent_id
  const end = input.end_time_unix_nano ?? input.end_time
  return {
    trace_id,
    otel_trace_id: idOf(ids.trace_id, 32),
    span_id: idOf(ids.span_id, 16),
    parent_span_id: parent ? idOf(parent, 16) : undefined,
    name: textOf(input.name),
    status: statusOf(textOf(code)),
    status_message: textOf(message),
    start_time_unix_nano: timeOf(input.start_time_unix_nano ?? input.start_time),
    end_time_unix_nano: end ? timeOf(end) : undefined,
    attributes: Object.fromEntries(
      Object.entries(mapOf(input.attributes)).map(([name, value]) => [
        name,
        typeof value === 'string' ? parseOrKeep(value) : value,
      ]),
    ),
    events: mapsOf(input.events).map(toEvent),
    links: mapsOf(input.links).map(toLink),
  }
}

const toEvent = ({ name, time_unix_nano, timestamp, attributes }: ValueMap): SpanEvent => ({
  name: textOf(name),
  time_unix_nano: timeOf(time_unix_nano ?? timestamp),
  attributes: mapOf(attributes),
})

const toLink = ({ trace_id, span_id, attributes }: ValueMap): SpanLink => ({
  trace_id: idOf(trace_id, 32),
  span_id: idOf(span_id, 16),
  attributes: mapOf(attributes),
})

const HEXADECIMAL = /^(?:tr-|0x)?([0-9a-f]+)$/i

/** Parses an id. Ids are base64, but hexadecimal before MLflow 3, in MLflow 3.5.0 and in links. */
function idOf(value: Value | undefined, digits: number): string {
  const text = textOf(value)
  const hexadecimal = HEXADECIMAL.exec(text)?.[1]?.toLowerCase().padStart(digits, '0')
  const id = hexadecimal ?? Buffer.from(text, 'base64').toString('hex')
  if (id.length !== digits) throw new TypeError(`'${text}' is not an id`)
  return id
}

function statusOf(code: string): SpanStatus {
  const status = code.replace('STATUS_CODE_', '')
  return status === 'OK' || status === 'ERROR' ? status : 'UNSET'
}

const LATEST = 2n ** 63n - 1n

function timeOf(value: Value | undefined): bigint {
  const time = BigInt(value as bigint)
  if (time < 0n || time > LATEST) throw new RangeError('a time must be between 1970 and 2262')
  return time
}

const textOf = (value: Value | undefined) => (typeof value === 'string' ? value : '')

function mapOf(value: Value | undefined): ValueMap {
  if (value === undefined || value === null) return {}
  if (isMap(value)) return value
  throw new TypeError('not an object')
}

function mapsOf(value: Value | undefined): ValueMap[] {
  if (value === undefined || value === null) return []
  if (isList(value)) return value.map(mapOf)
  throw new TypeError('not a list')
}
