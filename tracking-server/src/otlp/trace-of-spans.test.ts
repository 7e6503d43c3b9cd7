import { randomUUID } from 'node:crypto'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

describe.each(databases)('the trace of spans on %s', (_, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
  })
  afterAll(() => traced.close())

  const get = async (id: string) =>
    (await traced.traces('GET', `/get?trace_id=${id}&allow_partial=true`)).body.trace

  test('has the times of its own spans, when a request has spans of several traces', async () => {
    const [a, b] = ['a'.repeat(32), '0'.repeat(31).concat('f')]
    await traced.sendSpans([
      { traceId: a, startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000001000000000' },
      { traceId: b, startTimeUnixNano: '1700000009000000000', endTimeUnixNano: '0' },
      { traceId: a, startTimeUnixNano: '1699999999000000000', endTimeUnixNano: '1700000000500000000' },
    ])
    const [first, second] = [await get(`tr-${a}`), await get(`tr-${b}`)]
    expect(first.spans).toHaveLength(2)
    expect(first.trace_info).toMatchObject({ request_time: '2023-11-14T22:13:19Z', execution_duration: '2s' })
    expect(second.trace_info).toMatchObject({ request_time: '2023-11-14T22:13:29Z', state: 'OK' })
    expect(second.trace_info).not.toHaveProperty('execution_duration')
    expect(second.spans[0]).not.toHaveProperty('end_time_unix_nano')
  })

  test('is in progress until its root span provides status and previews', async () => {
    const traceId = 'd'.repeat(32)
    const root = '1'.repeat(16)
    await traced.sendSpans([{ traceId, parentSpanId: root }])
    expect((await get(`tr-${traceId}`)).trace_info.state).toBe('IN_PROGRESS')
    await traced.sendSpans([
      {
        traceId,
        spanId: root,
        parentSpanId: '0000000000000000',
        status: { code: 'STATUS_CODE_ERROR', message: 'broke' },
        attributes: {
          'mlflow.spanInputs':
            '{"messages": [{"role": "user", "content": "Which film?"}, {"role": "system", "content": "x"}]}',
          'mlflow.spanOutputs': '{"title": "Heat"}',
          'session.id': 's-1',
          'user.id': 'bob',
          'mlflow.traceTag.team': 'web',
        },
      },
    ])
    const { trace_info, spans } = await get(`tr-${traceId}`)
    expect(trace_info).toMatchObject({
      state: 'ERROR',
      request_preview: 'Which film?',
      response_preview: '{"title": "Heat"}',
      trace_metadata: { 'mlflow.trace.session': 's-1', 'mlflow.trace.user': 'bob' },
      tags: { team: 'web' },
    })
    expect(spans.map((span: { parent_span_id?: string }) => span.parent_span_id)).toEqual([
      undefined,
      'ERERERERERE=',
    ])
    expect(spans[0].status).toEqual({ code: 'STATUS_CODE_ERROR', message: 'broke' })
  })

  test('sums tokens and costs of all spans, and counts a span once that is sent again', async () => {
    const traceId = 'e'.repeat(32)
    const spans = [100, 200].map((input, i) => ({
      traceId,
      spanId: `${i}`.repeat(16),
      attributes: {
        'gen_ai.usage.input_tokens': input,
        'gen_ai.usage.output_tokens': 50,
        'mlflow.llm.cost': '{"input_cost": 0.25, "output_cost": 0.5, "total_cost": 0.75}',
      },
    }))
    await traced.sendSpans(spans.slice(0, 1))
    await traced.sendSpans(spans)
    const { trace_info } = await get(`tr-${traceId}`)
    expect(trace_info.trace_metadata).toEqual({
      'mlflow.trace.tokenUsage': '{"input_tokens": 300, "output_tokens": 100, "total_tokens": 400}',
      'mlflow.trace.cost': '{"input_cost": 0.5, "output_cost": 1.0, "total_cost": 1.5}',
    })
  })

  test('treats usage as part of that of ancestors, in any order of arrival', async () => {
    const traceId = '6'.repeat(32)
    const span = (id: string, parent: string, input: number, cost: number) => ({
      traceId,
      spanId: id.repeat(16),
      ...(parent && { parentSpanId: parent.repeat(16) }),
      attributes: {
        ...(input && { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': 1 }),
        ...(cost && { 'mlflow.llm.cost': `{"total_cost": ${cost}}` }),
      },
    })
    const metadata = async () => (await get(`tr-${traceId}`)).trace_info.trace_metadata
    await traced.sendSpans([span('3', '2', 100, 0.25), span('4', '2', 50, 0.5)])
    expect(await metadata()).toEqual({
      'mlflow.trace.tokenUsage': '{"input_tokens": 150, "output_tokens": 2, "total_tokens": 152}',
      'mlflow.trace.cost': '{"input_cost": 0.0, "output_cost": 0.0, "total_cost": 0.75}',
    })
    await traced.sendSpans([span('1', '', 170, 0)])
    await traced.sendSpans([span('2', '1', 0, 0), span('5', '6', 7, 0), span('6', '5', 7, 0)])
    expect(await metadata()).toEqual({
      'mlflow.trace.tokenUsage': '{"input_tokens": 170, "output_tokens": 1, "total_tokens": 171}',
      'mlflow.trace.cost': '{"input_cost": 0.0, "output_cost": 0.0, "total_cost": 0.75}',
    })
  })

  test('adds descendants that used more than their common ancestor', async () => {
    const traceId = '5'.repeat(32)
    const span = (id: string, parent: string, input: number, output: number) => ({
      traceId,
      spanId: id.repeat(16),
      ...(parent && { parentSpanId: parent.repeat(16) }),
      attributes: { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output },
    })
    for (const one of [span('2', '1', 200, 75), span('3', '1', 150, 100), span('1', '', 100, 50)])
      await traced.sendSpans([one])
    expect((await get(`tr-${traceId}`)).trace_info.trace_metadata).toEqual({
      'mlflow.trace.tokenUsage': '{"input_tokens": 450, "output_tokens": 225, "total_tokens": 675}',
    })
  })

  test('ignores impossible amounts', async () => {
    const traceId = `${'5'.repeat(31)}6`
    const span = (id: string, usage: string) => ({
      traceId,
      spanId: id.repeat(16),
      attributes: { 'mlflow.chat.tokenUsage': usage },
    })
    const beyond = '{"input_tokens": 1.7e308}'
    const response = await traced.sendSpans([
      span('1', beyond),
      span('2', beyond),
      span('3', '{"input_tokens": 3}'),
    ])
    expect(response.status).toBe(200)
    expect((await get(`tr-${traceId}`)).trace_info.trace_metadata).toEqual({
      'mlflow.trace.tokenUsage': '{"input_tokens": 3, "output_tokens": 0, "total_tokens": 0}',
    })
  })

  test('does not change what the client recorded of the trace when spans arrive later', async () => {
    const traceId = '9'.repeat(32)
    await traced.createTrace({
      trace_id: `tr-${traceId}`,
      request_time: '2020-01-01T00:00:00Z',
      execution_duration: '3s',
      state: 'OK',
      request_preview: 'asked',
      trace_metadata: { 'mlflow.trace.tokenUsage': '{"input_tokens": 7}' },
    })
    await traced.sendSpans([
      {
        traceId,
        status: { code: 2 },
        attributes: {
          'input.value': 'other',
          'output.value': 'answer',
          'llm.token_count.prompt': 9,
          'llm.token_count.completion': 9,
        },
      },
    ])
    expect((await get(`tr-${traceId}`)).trace_info).toMatchObject({
      request_time: '2020-01-01T00:00:00Z',
      execution_duration: '3s',
      state: 'OK',
      request_preview: 'asked',
      response_preview: '"answer"',
      trace_metadata: { 'mlflow.trace.tokenUsage': '{"input_tokens": 7}' },
    })
  })

  test('extends a trace that was recorded while running to the end of its spans', async () => {
    const traceId = '4'.repeat(32)
    const root = '1'.repeat(16)
    const duration = async () => (await get(`tr-${traceId}`)).trace_info.execution_duration
    const started = { request_time: '2023-11-14T22:13:20Z', state: 'IN_PROGRESS' }
    await traced.createTrace({ trace_id: `tr-${traceId}`, ...started })
    const span = { traceId, startTimeUnixNano: '1700000001000000000' }
    await traced.sendSpans([{ ...span, parentSpanId: root, endTimeUnixNano: '1700000002000000000' }])
    expect(await duration()).toBe('2s')
    await traced.sendSpans([{ ...span, spanId: root, endTimeUnixNano: '1700000003500000000' }])
    expect(await duration()).toBe('3.500s')
    expect((await get(`tr-${traceId}`)).trace_info).toMatchObject({ ...started, state: 'OK' })
  })

  test.each([
    ['a coding agent', 'gemini-cli', [{ key: 'service.name', value: { string_value: 'gemini-cli' } }]],
    ['any other service', 'films', []],
  ])('derives tags from the root span of %s', async (_what, name, reported) => {
    const traceId = randomUUID().replaceAll('-', '')
    const [root, child] = ['1'.repeat(16), '2'.repeat(16)]
    const resource = { 'service.name': name }
    await traced.sendSpans(
      [
        { traceId, spanId: root },
        { traceId, spanId: child, parentSpanId: root },
      ],
      { resource },
    )
    const { trace_info, spans } = await get(`tr-${traceId}`)
    const id = { key: 'mlflow.traceRequestId', value: { string_value: `tr-${traceId}` } }
    expect(spans.map((span: { attributes: unknown }) => span.attributes)).toEqual([[id, ...reported], [id]])
    expect(trace_info.tags).toMatchObject(resource)
  })
})
