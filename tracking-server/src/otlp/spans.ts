import { ATTRIBUTE, type Span, type SpanEvent, type SpanLink, type SpanStatus } from '../spans/span.js'
import { cleanText, parseOrKeep, type Value, type ValueMap } from '../spans/value.js'

/** Spans of one OTLP resource. */
export interface SpanGroup {
  readonly resource: ValueMap
  readonly spans: readonly Span[]
}

/** A span that cannot be converted: status 422, whereas a malformed body is 400. */
export class UnusableSpan extends Error {
  override readonly name = 'UnusableSpan'
}

type Json = Record<string, unknown>

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a field by its name in OTLP's JSON or its protobuf name in snake_case. */
function get(object: Json, name: string): unknown {
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] ?? undefined
}

function list(object: Json, name: string): Json[] {
  const items = get(object, name) ?? []
  if (!Array.isArray(items) || !items.every(isJson)) throw new TypeError(`'${name}' is not a list of objects`)
  return items
}

function text(object: Json, name: string): string {
  const value = get(object, name) ?? ''
  if (typeof value !== 'string') throw new TypeError(`'${name}' is not a string`)
  return cleanText(value)
}

/**
 * Converts an ExportTraceServiceRequest, parsed from JSON by `parse` or decoded from protobuf, to spans.
 *
 * @param most spans are converted; `rejected` counts the rest
 * @throws UnusableSpan; other errors if it is not such a request
 */
export function readSpans(request: unknown, most: number): { groups: SpanGroup[]; rejected: number } {
  if (!isJson(request)) throw new TypeError('not an object')
  let [room, rejected] = [most, 0]
  const groups = list(request, 'resourceSpans').map((group) => {
    const resource = get(group, 'resource')
    const spans = list(group, 'scopeSpans').flatMap((scope) => list(scope, 'spans'))
    const taken = spans.slice(0, room)
    room -= taken.length
    rejected += spans.length - taken.length
    return { resource: isJson(resource) ? attributesOf(resource) : {}, spans: taken.map(toSpan) }
  })
  return { groups, rejected }
}

function toSpan(span: Json): Span {
  const otel_trace_id = idOf(span, 'traceId', 32)
  const span_id = idOf(span, 'spanId', 16)
  if (!otel_trace_id || !span_id) throw new UnusableSpan('a span needs a trace id and a span id')
  const parent = idOf(span, 'parentSpanId', 16)
  const status = get(span, 'status')
  const { [ATTRIBUTE.TRACE_ID]: named, ...attributes } = mapValues(attributesOf(span), unwrap)
  const trace_id = traceIdOf(named) ?? `tr-${otel_trace_id}`
  const end = timeOf(span, 'endTimeUnixNano')
  return {
    trace_id,
    otel_trace_id,
    span_id,
    parent_span_id: parent && !/^0+$/.test(parent) ? parent : undefined,
    name: text(span, 'name'),
    status: statusOf(status),
    status_message: isJson(status) ? text(status, 'message') : '',
    start_time_unix_nano: timeOf(span, 'startTimeUnixNano'),
    end_time_unix_nano: end === 0n ? undefined : end,
    attributes: { [ATTRIBUTE.TRACE_ID]: trace_id, ...attributes },
    events: list(span, 'events').map(toEvent),
    links: list(span, 'links').flatMap(toLink),
  }
}

function toEvent(event: Json): SpanEvent {
  return {
    name: text(event, 'name'),
    time_unix_nano: timeOf(event, 'timeUnixNano'),
    attributes: attributesOf(event),
  }
}

/** Skips links with malformed ids. */
function toLink(link: Json): SpanLink[] {
  const [trace_id, span_id] = [text(link, 'traceId'), text(link, 'spanId')]
  if (!/^[0-9a-f]{32}$/i.test(trace_id) || !/^[0-9a-f]{16}$/i.test(span_id)) return []
  return [
    { trace_id: trace_id.toLowerCase(), span_id: span_id.toLowerCase(), attributes: attributesOf(link) },
  ]
}

function idOf(span: Json, name: string, digits: number): string | undefined {
  const id = text(span, name)
  if (!/^([0-9a-f]{2})*$/i.test(id)) throw new TypeError(`'${name}' is not hexadecimal`)
  if (id.length > digits) throw new UnusableSpan(`'${name}' is longer than ${digits} digits`)
  return id === '' ? undefined : id.toLowerCase().padStart(digits, '0')
}

const TRACE_ID = /^[A-Za-z0-9][\w.-]{0,249}$/

/** Clients may choose the trace id; ids that could lead to another folder are ignored. */
const traceIdOf = (input: Value | undefined) =>
  typeof input === 'string' && TRACE_ID.test(input) ? input : undefined

const LATEST = 2n ** 63n - 1n

function timeOf(object: Json, name: string): bigint {
  const time = get(object, name) ?? 0n
  if (typeof time !== 'bigint' && !(typeof time === 'string' && /^\d+$/.test(time)))
    throw new TypeError(`'${name}' is not a number of nanoseconds`)
  if (BigInt(time) < 0n) throw new RangeError(`'${name}' is negative`)
  if (BigInt(time) > LATEST) throw new UnusableSpan(`'${name}' is beyond the year 2262`)
  return BigInt(time)
}

const STATUSES: Readonly<Record<string, SpanStatus>> = {
  1: 'OK',
  STATUS_CODE_OK: 'OK',
  2: 'ERROR',
  STATUS_CODE_ERROR: 'ERROR',
}

function statusOf(status: unknown): SpanStatus {
  const code = isJson(status) ? String(get(status, 'code')) : ''
  return Object.hasOwn(STATUSES, code) ? STATUSES[code]! : 'UNSET'
}

function attributesOf(object: Json): ValueMap {
  return Object.fromEntries(
    list(object, 'attributes').map((attribute) => [
      text(attribute, 'key'),
      readValue(get(attribute, 'value')),
    ]),
  )
}

/** Converts an AnyValue; an empty one is null. */
function readValue(value: unknown): Value {
  if (!isJson(value)) return null
  const [string, bool, int, double] = ['stringValue', 'boolValue', 'intValue', 'doubleValue'].map((name) =>
    get(value, name),
  )
  if (string !== undefined) return text(value, 'stringValue')
  if (bool !== undefined) return Boolean(bool)
  if (int !== undefined) return int64(int)
  if (double !== undefined) return Number(double)
  const [array, map] = [get(value, 'arrayValue'), get(value, 'kvlistValue')]
  if (isJson(array)) return list(array, 'values').map(readValue)
  if (isJson(map))
    return Object.fromEntries(
      list(map, 'values').map((entry) => [text(entry, 'key'), readValue(get(entry, 'value'))]),
    )
  return get(value, 'bytesValue') === undefined ? null : text(value, 'bytesValue')
}

function int64(value: unknown): bigint {
  const int = BigInt(value as string)
  if (BigInt.asIntN(64, int) !== int) throw new RangeError("'intValue' is longer than 64 bits")
  return int
}

const mapValues = (map: ValueMap, to: (value: Value) => Value): ValueMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]))

/** Parses attributes that clients send as JSON text: strings, lists and maps. */
function unwrap(value: Value): Value {
  return typeof value === 'string' && /^\s*["[{]/.test(value) ? parseOrKeep(value) : value
}
