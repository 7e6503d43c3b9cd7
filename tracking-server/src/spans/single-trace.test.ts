import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

const HEX = 'a'.repeat(32)
const SPANS = `/api/cairn/v1/traces/tr-${HEX}/spans`

describe.each(databases)('spans of one trace on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
    const span = (spanId: string, more: object) => ({
      ...{ traceId: HEX, spanId: spanId.repeat(16), startTimeUnixNano: '1700000000000000001' },
      ...{ endTimeUnixNano: '1700000000500000002', ...more },
    })
    await traced.sendSpans([
      span('2', { name: 'root', status: { code: 1 } }),
      span('1', {
        name: 'ask',
        parentSpanId: '2'.repeat(16),
        status: { code: 2, message: 'no such film' },
        attributes: {
          'mlflow.spanType': 'LLM',
          'mlflow.chat.tokenUsage': '{"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}',
          'mlflow.llm.cost': '{"total_cost": 0.25}',
          big: { value: { intValue: String(2n ** 60n) } },
        },
        events: [{ name: 'exception', timeUnixNano: '5', attributes: [] }],
      }),
    ])
  })
  afterAll(() => traced.close())

  const get = async (url: string) => {
    const response = await traced.app.inject({ method: 'GET', url })
    return { status: response.statusCode, text: response.body, body: response.json() }
  }
  const ask = {
    ...{ span_id: '1'.repeat(16), parent_span_id: '2'.repeat(16), name: 'ask', type: 'LLM', status: 'ERROR' },
    ...{ start_time_unix_nano: '1700000000000000001', end_time_unix_nano: '1700000000500000002' },
    ...{ total_tokens: 7, total_cost: 0.25 },
  }

  test('lists them by id without their contents, page by page', async () => {
    expect((await get(`${SPANS}?max_results=1`)).body).toEqual({
      spans: [ask],
      next_page_token: ask.span_id,
    })
    const rest = await get(`${SPANS}?max_results=5&page_token=${ask.span_id}`)
    expect(rest.body).toEqual({ spans: [expect.objectContaining({ name: 'root', status: 'OK' })] })
    expect((await get(`${SPANS}?max_results=0`)).status).toBe(400)
  })

  test('returns one with its attributes and events, with exact integers', async () => {
    const { text, body } = await get(`${SPANS}/${ask.span_id}`)
    expect(body.span).toMatchObject({
      ...{ name: 'ask', status_message: 'no such film', links: [] },
      attributes: { 'mlflow.spanType': 'LLM' },
      events: [{ name: 'exception', time_unix_nano: 5 }],
    })
    expect(text).toContain(`"big":${2n ** 60n}`)
    expect((await get(`${SPANS}/${'3'.repeat(16)}`)).status).toBe(404)
    expect((await get('/api/cairn/v1/traces/tr-none/spans')).status).toBe(404)
  })
})
