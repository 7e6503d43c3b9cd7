import { isUtf8 } from 'node:buffer'
import type { PayloadColumn } from './columns.js'
import type { CaptureSettings } from './settings.js'

/** A query with its outcome, before it is written. */
export interface RecordedQuery {
  readonly settings: CaptureSettings
  readonly requestId: string
  readonly requester: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMs: number
  readonly status: number
  readonly request: Uint8Array
  readonly response: string | Uint8Array
  readonly clientRequestId?: string | undefined
  /** Undefined if the query failed before one was chosen. */
  readonly served: { readonly entity: string; readonly version: string } | undefined
}

const MAX_BYTES = 1024 ** 2

/** The row of the inference table as a line of JSON. */
export function lineOf(query: RecordedQuery): string {
  const { settings, served } = query
  const errors: string[] = []
  const text = (body: string | Uint8Array, code: string) => {
    if (body.length <= MAX_BYTES) return textOf(body)
    errors.push(code)
    return null
  }
  const time = new Date(query.startedAt).toISOString()
  const row: Record<PayloadColumn, unknown> = {
    databricks_request_id: query.requestId,
    client_request_id: query.clientRequestId === undefined ? null : wellFormed(query.clientRequestId),
    request_date: time.slice(0, 10),
    request_time: time,
    status_code: query.status,
    sampling_fraction: settings.samplingFraction,
    execution_duration_ms: Math.round(query.durationMs),
    request: text(query.request, 'MAX_REQUEST_SIZE_EXCEEDED'),
    response: text(query.response, 'MAX_RESPONSE_SIZE_EXCEEDED'),
    logging_error_codes: errors,
    served_entity_id: served ? `${settings.endpointId}/${served.entity}` : null,
    requester: query.requester,
    endpoint_name: settings.endpointName,
    served_entity: served?.entity ?? null,
    model_version: served?.version ?? null,
  }
  return `${JSON.stringify(row)}\n`
}

/** Binary tensors and compressed bodies are written in base64. */
function textOf(body: string | Uint8Array): string {
  if (typeof body === 'string') return body
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return isUtf8(buffer) && !buffer.includes(0) ? buffer.toString() : buffer.toString('base64')
}

/** DuckDB rejects JSON with lone surrogates. */
const wellFormed = (text: string) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')

export const sizeOf = ({ request, response }: RecordedQuery) => request.length + response.length
