import { ApiError } from '@cairn/platform/errors'
import { type TraceBatch, toTraceBatches } from '../spans/trace-batch.js'
import { parse } from '../spans/value.js'
import { addAgentName } from './agents.js'
import { inflate } from './inflate.js'
import { readTraceRequest } from './protobuf.js'
import { readSpans, type SpanGroup, UnusableSpan } from './spans.js'
import { translate } from './translate.js'

/** At most this many spans of one request are stored; the rest is rejected. */
const MAX_SPANS = 50_000
/** Number of spans per transaction. Storing more would delay other requests. */
const SLICE_SPANS = 200

export interface OtlpRequest {
  readonly bytes: Uint8Array
  readonly isJson: boolean
  readonly encoding: string | undefined
}
export interface SpanSlices {
  /** Each is stored in its own transaction. */
  readonly slices: readonly (readonly TraceBatch[])[]
  /** Number of spans beyond the limit. */
  readonly rejected: number
}
/** A response in MLflow's words. */
export interface Refusal {
  readonly status: number
  readonly refusal: string
}

const FORMAT = 'Invalid OpenTelemetry format'

/** Reads the spans of an ExportTraceServiceRequest and derives the traces. @throws PAYLOAD_TOO_LARGE */
export function readRequest(
  { bytes, isJson, encoding }: OtlpRequest,
  maxSpans = MAX_SPANS,
): SpanSlices | Refusal {
  try {
    const inflated = inflate(bytes, encoding)
    const message = isJson ? parse(new TextDecoder().decode(inflated)) : readTraceRequest(inflated)
    const { groups, rejected } = readSpans(message, maxSpans)
    if (groups.length === 0) return { status: 400, refusal: `${FORMAT} - no spans found` }
    return { slices: slicesOf(groups.map(addAgentName)).map(toTranslatedBatches), rejected }
  } catch (error) {
    if (error instanceof ApiError) {
      if (error.statusCode !== 400) throw error
      return { status: 400, refusal: error.message }
    }
    if (error instanceof UnusableSpan)
      return { status: 422, refusal: `Cannot convert OpenTelemetry span to MLflow span: ${error.message}` }
    return { status: 400, refusal: FORMAT }
  }
}

const toTranslatedBatches = (groups: readonly SpanGroup[]) =>
  toTraceBatches(groups.map((group) => ({ ...group, spans: group.spans.map(translate) })))

/** Splits the groups into at least one slice. */
function slicesOf(groups: readonly SpanGroup[]): SpanGroup[][] {
  const slices: SpanGroup[][] = [[]]
  let room = SLICE_SPANS
  for (const { resource, spans } of groups)
    for (let at = 0; at < spans.length; ) {
      if (room === 0) {
        slices.push([])
        room = SLICE_SPANS
      }
      const taken = spans.slice(at, at + room)
      slices.at(-1)!.push({ resource, spans: taken })
      at += taken.length
      room -= taken.length
    }
  return slices
}
