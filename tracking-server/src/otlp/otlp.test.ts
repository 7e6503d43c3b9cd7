import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { databases } from '@cairn/platform/testing/databases'
import { isExhaustive } from '@cairn/platform/testing/effort'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

const ID = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'
const REQUEST = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: ID,
              spanId: 'cccccccccccccccc',
              name: 'root',
              kind: 1,
              startTimeUnixNano: '1700000000000000123',
              endTimeUnixNano: 1700000001000000000,
              status: { code: 1 },
              attributes: [{ key: 'a', value: { intValue: '3' } }],
            },
          ],
        },
      ],
    },
  ],
}

describe.each(databases)('OTLP on %s', (databaseName, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  const post = async (payload: string | Buffer, headers: Record<string, string | undefined> = {}) => {
    const defaults = { 'x-mlflow-experiment-id': '0', 'content-type': 'application/json', ...headers }
    const input = Object.entries(defaults).filter(([, value]) => value !== undefined)
    const response = await traced.app.inject({
      method: 'POST',
      url: '/v1/traces',
      headers: Object.fromEntries(input),
      payload,
    })
    return { status: response.statusCode, type: response.headers['content-type'], body: response.body }
  }
  const get = async (id: string) =>
    (await traced.traces('GET', `/get?trace_id=${id}&allow_partial=true`)).body.trace
  const accepted = { status: 200, type: 'application/x-protobuf', body: '' }

  test('stores a trace like MLflow', async () => {
    expect(await post(JSON.stringify(REQUEST))).toEqual(accepted)
    const raw = await traced.app.inject(`/api/3.0/mlflow/traces/get?trace_id=tr-${ID}`)
    expect(raw.body).toContain('"start_time_unix_nano":1700000000000000123,')
    expect(raw.json().trace).toEqual({
      trace_info: {
        trace_id: `tr-${ID}`,
        trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
        request_time: '2023-11-14T22:13:20Z',
        execution_duration: '1s',
        state: 'OK',
        tags: {
          'mlflow.artifactLocation': `mlflow-artifacts:/0/traces/tr-${ID}/artifacts`,
          'service.name': 'svc',
          'mlflow.trace.spansLocation': 'TRACKING_STORE',
        },
      },
      spans: [
        {
          trace_id: 'u7u7u7u7u7u7u7u7u7u7uw==',
          span_id: 'zMzMzMzMzMw=',
          name: 'root',
          start_time_unix_nano: Number(1700000000000000123n),
          end_time_unix_nano: 1700000001000000000,
          attributes: [
            { key: 'mlflow.traceRequestId', value: { string_value: `tr-${ID}` } },
            { key: 'a', value: { int_value: 3 } },
          ],
          status: { code: 'STATUS_CODE_OK' },
        },
      ],
    })
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', (text: string) => Buffer.from(text)],
  ])('accepts a body as %s', async (encoding, pack) => {
    const { body, ...rest } = accepted
    expect(await post(pack(JSON.stringify(REQUEST)), { 'content-encoding': encoding })).toEqual({
      ...rest,
      body,
    })
  })

  test.each<[string, number, string, string | Buffer, Record<string, string | undefined>]>([
    [
      'a missing experiment',
      422,
      '"loc":["header","x-mlflow-experiment-id"]',
      '{}',
      { 'x-mlflow-experiment-id': undefined },
    ],
    [
      'another content type',
      400,
      'Invalid Content-Type: text/plain. Expected',
      'x',
      { 'content-type': 'text/plain' },
    ],
    [
      'a request without spans',
      400,
      'Invalid OpenTelemetry format - no spans found',
      '{"resourceSpans": []}',
      {},
    ],
    [
      'malformed protobuf',
      400,
      'Invalid OpenTelemetry format',
      'x',
      { 'content-type': 'application/x-protobuf' },
    ],
    ['malformed JSON', 400, 'Invalid OpenTelemetry format', '{', {}],
    ['JSON that is not an object', 400, 'Invalid OpenTelemetry format', '[]', {}],
    ['a list instead of a string', 400, 'Invalid OpenTelemetry format', changed({ name: [] }), {}],
    ['an id that is not hexadecimal', 400, 'Invalid OpenTelemetry format', changed({ spanId: 'xyz' }), {}],
    ['a missing trace id', 422, 'Cannot convert OpenTelemetry span', changed({ traceId: '' }), {}],
    ['a span id that is too long', 422, 'longer than 16', changed({ spanId: 'c'.repeat(18) }), {}],
    ['a time after the year 2262', 422, 'beyond', changed({ endTimeUnixNano: '18446744073709551615' }), {}],
    [
      'a negative time',
      400,
      'Invalid OpenTelemetry format',
      changed({ startTimeUnixNano: 0 }).replace(
        '"startTimeUnixNano":0',
        `"startTimeUnixNano":-${'9'.repeat(25)}`,
      ),
      {},
    ],
    ['an unknown encoding', 400, 'Unsupported Content-Encoding: br', '{}', { 'content-encoding': 'br' }],
    ['malformed gzip', 400, 'Failed to decompress gzip payload', '{}', { 'content-encoding': 'gzip' }],
    [
      'an unknown experiment',
      404,
      'No Experiment with id=987 exists',
      JSON.stringify(REQUEST),
      { 'x-mlflow-experiment-id': '987' },
    ],
    [
      'an experiment name instead of an id',
      400,
      'Invalid experiment ID',
      JSON.stringify(REQUEST),
      { 'x-mlflow-experiment-id': 'abc' },
    ],
  ])('rejects %s', async (_what, status, words, payload, headers) => {
    const response = await post(payload, headers)
    expect([response.status, response.body]).toEqual([status, expect.stringContaining(words)])
  })

  test('rejects decompression bombs without inflating them', async () => {
    for (const megabytes of [2, 120]) {
      const bomb = gzipSync(Buffer.alloc(megabytes * 1024 * 1024))
      const response = await post(bomb, { 'content-encoding': 'gzip' })
      expect([response.status, response.body]).toEqual([413, expect.stringContaining('100 times')])
    }
  })

  // No store takes part in the count, and `read-request.test.ts` has a small limit.
  const exhaustively = test.runIf(isExhaustive && databaseName === 'sqlite')
  exhaustively('stores the first 50,000 spans of a request and reports the others as rejected', async () => {
    const traceId = '3'.repeat(32)
    const span = { traceId, name: 's', startTimeUnixNano: '1', endTimeUnixNano: '2' }
    const spans = Array.from({ length: 50_003 }, (_, i) => ({
      ...span,
      spanId: (i + 1).toString(16).padStart(16, '0'),
      ...(i > 0 && { parentSpanId: '1'.padStart(16, '0') }),
    }))
    const response = await post(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
    expect([response.status, response.type]).toEqual([200, 'application/json'])
    expect(JSON.parse(response.body)).toEqual({
      partialSuccess: {
        rejectedSpans: '3',
        errorMessage: expect.stringContaining('3 spans were not stored'),
      },
    })
    const stored = await traced.app.inject(
      `/api/3.0/mlflow/traces/get?trace_id=tr-${traceId}&allow_partial=true`,
    )
    expect(stored.body.match(/"span_id"/g)).toHaveLength(50_000)
  })

  test('replaces characters that databases cannot store, and keeps the span', async () => {
    const traceId = '8'.repeat(32)
    const payload = changed({ traceId, name: 'a\u0000b\ud800' })
    expect(await post(payload)).toEqual(accepted)
    expect((await get(`tr-${traceId}`)).spans[0].name).toBe('a\ufffdb\ufffd')
  })

  test('treats unknown status codes as unset', async () => {
    const traceId = `${'8'.repeat(31)}c`
    expect(await post(changed({ traceId, status: { code: 'constructor' } }))).toEqual(accepted)
    expect((await get(`tr-${traceId}`)).spans[0].status).toEqual({})
  })

  test('replaces escaped characters in JSON inside of JSON that databases cannot store', async () => {
    const traceId = `${'8'.repeat(31)}d`
    const attributes = { 'session.id': '"s\\u0000\\ud800"', 'mlflow.spanInputs': '{"\\u0000": ["\\ufdd01"]}' }
    await traced.sendSpans([{ traceId, attributes }])
    const { trace_info } = await get(`tr-${traceId}`)
    expect(trace_info.trace_metadata['mlflow.trace.session']).toBe('s\ufffd\ufffd')
  })

  test('stores a request atomically', async () => {
    const traceId = '7'.repeat(32)
    const response = await traced.sendSpans([{ traceId }, { traceId, spanId: '' }])
    expect(response.status).toBe(422)
    expect((await traced.traces('GET', `/tr-${traceId}`)).status).toBe(404)
  })

  test('links traces to the run in the header', async () => {
    const run = await traced.createRun()
    const traceId = '6'.repeat(32)
    await post(changed({ traceId }), { 'x-mlflow-run-id': run })
    expect(await traced.search(`run_id = '${run}'`)).toEqual([`tr-${traceId}`])
  })
})

/** Returns the request with changed fields of its span. */
function changed(fields: object): string {
  const request = structuredClone(REQUEST) as typeof REQUEST
  Object.assign(request.resourceSpans[0]!.scopeSpans[0]!.spans[0]!, fields)
  return JSON.stringify(request)
}
