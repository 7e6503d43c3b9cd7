import type { TestDatabase } from '@cairn/platform/testing/databases'
import { type TestResponse, type TrackingApp, trackingApp } from './tracking-app.js'

/** A span in OTLP's JSON, with defaults for missing fields. */
export interface SpanInput {
  readonly traceId?: string
  readonly spanId?: string
  readonly parentSpanId?: string
  readonly name?: string
  /** Plain values, or AnyValues under `value`. */
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

export interface TracingApp extends TrackingApp {
  /** Sends a request to a path below `/api/3.0/mlflow/traces`. */
  traces(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<TestResponse>
  /** Sends spans over OTLP to an experiment. */
  sendSpans(
    spans: readonly SpanInput[],
    options?: { experiment?: string; resource?: object },
  ): Promise<TestResponse>
  /** Records a trace. @returns its id */
  createTrace(info?: Record<string, unknown>): Promise<string>
  /** Returns the ids of traces that match, in order. */
  search(filter?: string, more?: object): Promise<string[]>
}

const START = 1_700_000_000_000_000_000n

/** Starts the tracking server with helpers for requests about traces. */
export async function tracingApp(database: TestDatabase, now?: () => number): Promise<TracingApp> {
  const tracked = await trackingApp(database, now)
  let made = 0
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, more: object = {}) => {
    const response = await tracked.app.inject({ method, url, ...more })
    return {
      status: response.statusCode,
      body: response.body.startsWith('{') ? response.json() : response.body,
    }
  }
  const traces: TracingApp['traces'] = (method, path, body) =>
    send(method, `/api/3.0/mlflow/traces${path}`, body && { payload: body })
  const sendSpans: TracingApp['sendSpans'] = (spans, { experiment = '0', resource = {} } = {}) =>
    send('POST', '/v1/traces', {
      headers: { 'content-type': 'application/json', 'x-mlflow-experiment-id': experiment },
      payload: JSON.stringify({
        resourceSpans: [
          {
            resource: { attributes: toAttributes(resource) },
            scopeSpans: [{ spans: spans.map((span) => toJson(span, made++)) }],
          },
        ],
      }),
    })
  const createTrace: TracingApp['createTrace'] = async (info = {}) => {
    const trace_id = `tr-test-${made++}`
    const experiment = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }
    const trace_info = { trace_id, trace_location: experiment, state: 'OK', ...info }
    return (await traces('POST', '', { trace: { trace_info } })).body.trace.trace_info.trace_id
  }
  const search: TracingApp['search'] = async (filter, more = {}) => {
    const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }]
    const { status, body } = await traces('POST', '/search', { locations, filter, ...more })
    if (status !== 200) throw new Error(body.message)
    return (body.traces ?? []).map((one: { trace_id: string }) => one.trace_id)
  }
  return { ...tracked, traces, sendSpans, createTrace, search }
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')

const toJson = ({ attributes = {}, ...span }: SpanInput, i: number) => ({
  traceId: hex(i + 1, 32),
  spanId: hex(i + 1, 16),
  name: `span ${i}`,
  startTimeUnixNano: String(START + BigInt(i)),
  endTimeUnixNano: String(START + 1_500_000_000n),
  attributes: toAttributes(attributes),
  ...span,
})

const toAttributes = (attributes: object) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))

function anyValue(value: unknown): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
    default:
      return (value as { value: object }).value
  }
}
