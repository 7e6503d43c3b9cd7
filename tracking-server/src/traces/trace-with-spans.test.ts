import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

const SIZE = (num_spans: number) => ({ 'mlflow.trace.sizeStats': JSON.stringify({ num_spans }) })

describe.each(sampledDatabases)('traces with their spans on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  const get = (id: string, more = '') => traced.traces('GET', `/get?trace_id=${id}${more}`)
  const artifact = async (query: string, version = '2.0') => {
    const response = await traced.app.inject(`/ajax-api/${version}/mlflow/get-trace-artifact?${query}`)
    return {
      status: response.statusCode,
      body: response.body,
      disposition: response.headers['content-disposition'],
    }
  }
  const list = (...values: object[]) => ({ value: { arrayValue: { values } } })

  test('returns the root first, then spans by start time, in OpenTelemetry’s format', async () => {
    const traceId = 'a'.repeat(32)
    const root = '1'.repeat(16)
    await traced.sendSpans([
      { traceId, spanId: '3'.repeat(16), parentSpanId: root, startTimeUnixNano: '1700000000000000003' },
      { traceId, spanId: '2'.repeat(16), parentSpanId: root, startTimeUnixNano: '1700000000000000002' },
      {
        traceId,
        spanId: root,
        startTimeUnixNano: '1700000000000000009',
        attributes: {
          text: '영화',
          whole: { value: { intValue: '9007199254740993' } },
          half: 0.5,
          one: { value: { doubleValue: 1 } },
          yes: true,
          none: { value: {} },
          list: list({ intValue: 1 }, {}),
          empty: list(),
          nan: { value: { doubleValue: 'NaN' } },
          dumped: '{"b": [1.0, 2]}',
        },
        events: [
          {
            timeUnixNano: '1700000000000000007',
            name: 'retry',
            attributes: [{ key: 'n', value: { intValue: 2 } }],
          },
        ],
        links: [
          { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16) },
          { traceId: 'b'.repeat(40), spanId: 'c' },
        ],
        status: { code: 2, message: 'broke' },
      },
    ])
    const { body } = await get(`tr-${traceId}`)
    const { spans } = body.trace
    expect(
      spans.map((span: { span_id: string }) => Buffer.from(span.span_id, 'base64').toString('hex')[0]),
    ).toEqual(['1', '2', '3'])
    const attributes = Object.fromEntries(
      spans[0].attributes.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
    )
    expect(attributes).toEqual({
      'mlflow.traceRequestId': { string_value: `tr-${traceId}` },
      text: { string_value: '영화' },
      whole: { int_value: Number(9007199254740993n) },
      half: { double_value: 0.5 },
      one: { double_value: 1 },
      yes: { bool_value: true },
      none: {},
      list: { array_value: { values: [{ int_value: 1 }, {}] } },
      empty: { array_value: {} },
      nan: { double_value: 'NaN' },
      dumped: {
        kvlist_value: {
          values: [{ key: 'b', value: { array_value: { values: [{ double_value: 1 }, { int_value: 2 }] } } }],
        },
      },
    })
    expect(spans[0]).toMatchObject({
      events: [{ name: 'retry', attributes: [{ key: 'n', value: { int_value: 2 } }] }],
      links: [{ trace_id: Buffer.from('b'.repeat(32), 'hex').toString('base64') }],
      status: { code: 'STATUS_CODE_ERROR', message: 'broke' },
    })
    const raw = await traced.app.inject(`/api/3.0/mlflow/traces/get?trace_id=tr-${traceId}`)
    expect(raw.body).toContain('"int_value":9007199254740993')
    expect(raw.body).toContain('"time_unix_nano":1700000000000000007')
  })

  test("serves traces.json in MLflow's format, with attributes as Python's JSON", async () => {
    const traceId = 'd'.repeat(32)
    await traced.sendSpans([
      {
        traceId,
        spanId: '1'.repeat(16),
        name: 'root',
        startTimeUnixNano: '1700000000000000001',
        endTimeUnixNano: '0',
        attributes: {
          fruit: 'apple',
          inputs: '{"x": 1, "y": [1.0]}',
          n: 3,
          tiny: 1e-7,
          nan: { value: { doubleValue: 'NaN' } },
        },
      },
    ])
    const { body, ...head } = await artifact(`request_id=tr-${traceId}`)
    expect(head).toEqual({ status: 200, disposition: 'attachment; filename=traces.json' })
    expect(body).toContain('"start_time_unix_nano": 1700000000000000001,')
    expect(JSON.parse(body)).toEqual({
      spans: [
        {
          trace_id: Buffer.from(traceId, 'hex').toString('base64'),
          span_id: 'ERERERERERE=',
          parent_span_id: null,
          name: 'root',
          start_time_unix_nano: Number(1700000000000000001n),
          end_time_unix_nano: null,
          events: [],
          status: { code: 'STATUS_CODE_UNSET', message: '' },
          attributes: {
            'mlflow.traceRequestId': `"tr-${traceId}"`,
            fruit: '"apple"',
            inputs: '{"x": 1, "y": [1.0]}',
            n: '3',
            tiny: '1e-07',
            nan: 'NaN',
          },
          links: [],
        },
      ],
    })
  })

  test('serves spans that a client stored as an artifact, and attachments', async () => {
    const trace_id = await traced.createTrace()
    const put = (path: string, payload: string) =>
      traced.app.inject({
        method: 'PUT',
        url: `/api/2.0/mlflow-artifacts/artifacts/0/traces/${trace_id}/artifacts/${path}`,
        payload,
      })
    expect(await artifact(`request_id=${trace_id}`)).toMatchObject({ status: 404 })
    await put('traces.json', '{"spans":[]}')
    await put('attachments/6f1e', 'picture')
    expect(await artifact(`request_id=${trace_id}`, '3.0')).toMatchObject({
      status: 200,
      body: '{"spans":[]}',
    })
    expect(await artifact(`request_id=${trace_id}&path=6f1e`)).toMatchObject({
      status: 200,
      body: 'picture',
      disposition: 'attachment; filename=6f1e',
    })
    for (const path of ['../traces.json', '%2e%2e/traces.json', '/etc/passwd', '..%5c..%5cx'])
      expect((await artifact(`request_id=${trace_id}&path=${path}`)).status).toBeOneOf([400, 404])
  })

  test.each([
    ['', 400, 'BAD_REQUEST'],
    ['request_id=tr-none', 404, 'RESOURCE_DOES_NOT_EXIST'],
  ])('rejects the artifact path %j', async (query, status, code) => {
    const response = await artifact(query)
    expect([response.status, JSON.parse(response.body).error_code]).toEqual([status, code])
  })

  test('waits for missing spans', async () => {
    const traceId = 'e'.repeat(32)
    const trace_id = `tr-${traceId}`
    await traced.sendSpans([{ traceId }])
    await traced.createTrace({ trace_id, trace_metadata: SIZE(2) })
    expect((await get(trace_id, '&allow_partial=true')).body.trace.spans).toHaveLength(1)
    expect((await traced.traces('GET', `/batchGet?trace_ids=${trace_id}`)).body).toEqual({})
    const [all] = await Promise.all([get(trace_id), traced.sendSpans([{ traceId }])])
    expect(all.body.trace.spans).toHaveLength(2)
    expect((await traced.traces('GET', `/batchGet?trace_ids=${trace_id}`)).body.traces).toHaveLength(1)
  })

  test('returns 404 for spans that do not arrive in time, are stored elsewhere or are missing', async () => {
    const traceId = 'f'.repeat(32)
    await traced.sendSpans([{ traceId }])
    await traced.createTrace({ trace_id: `tr-${traceId}`, trace_metadata: SIZE(2) })
    const message = async (id: string) => {
      const response = await get(id)
      return `${response.status} ${response.body.error_code} ${response.body.message}`
    }
    expect(await message(`tr-${traceId}`)).toBe(
      `404 RESOURCE_DOES_NOT_EXIST Trace with ID tr-${traceId} is not fully exported yet, please try again later.`,
    )
    expect(await message(await traced.createTrace())).toMatch(
      /^404 .* Trace data not stored in tracking store$/,
    )
    expect(await message('tr-none')).toMatch(/^404 .* Trace with ID tr-none is not found\.$/)
    expect((await traced.traces('GET', '/get')).body.message).toContain("required parameter 'trace_id'")
  })

  test('returns several traces in the requested order, with their spans', async () => {
    const [a, b] = ['1a'.repeat(16), '1b'.repeat(16)]
    await traced.sendSpans([{ traceId: a }, { traceId: b }, { traceId: b, name: 'other' }])
    const { body } = await traced.traces(
      'GET',
      `/batchGet?trace_ids=tr-${b}&trace_ids=tr-none&trace_ids=tr-${a}`,
    )
    expect(
      body.traces.map((one: { trace_info: { trace_id: string }; spans: object[] }) => [
        one.trace_info.trace_id,
        one.spans.length,
      ]),
    ).toEqual([
      [`tr-${b}`, 2],
      [`tr-${a}`, 1],
    ])
  })
})
