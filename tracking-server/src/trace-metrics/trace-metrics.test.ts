import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'

const HOUR = 3600
const START = Date.UTC(2026, 0, 1)

const session = (id: string) => ({ 'mlflow.trace.session': id })

describe.each(databases)('trace metrics on %s', (_name, database) => {
  let traced: TracingApp
  beforeAll(async () => {
    traced = await tracingApp(database)
    const trace = (hour: number, seconds: number, state: string, name: string, more: object = {}) =>
      traced.createTrace({
        request_time: new Date(START + hour * HOUR * 1000 + 1).toISOString(),
        execution_duration: `${seconds}s`,
        state,
        tags: { 'mlflow.traceName': name, env: 'prod' },
        ...more,
      })
    await trace(0, 1, 'OK', 'a', {
      trace_metadata: { 'mlflow.trace.tokenUsage': '{"input_tokens": 10}', m: '1', ...session('s-1') },
    })
    await trace(0, 2, 'OK', 'a', { assessments: judgements('yes', 5, { note: 1 }) })
    await trace(0, 4, 'ERROR', 'b', {
      assessments: judgements(false, 2, null),
      trace_metadata: session('s-2'),
    })
    await trace(2, 8, 'OK', 'a', {
      trace_metadata: { 'mlflow.trace.tokenUsage': '{"input_tokens": 30}', ...session('s-1') },
    })
    await traced.createTrace({ request_time: '2026-01-01T00:00:00Z', state: 'IN_PROGRESS' })
    const traceId = 'e'.repeat(32)
    const span = (i: number, model: string, cost: number, ms: number) => ({
      traceId,
      name: i === 0 ? 'ask' : 'answer',
      status: { code: 1 },
      startTimeUnixNano: String(BigInt(START) * 1_000_000n),
      endTimeUnixNano: String((BigInt(START) + BigInt(ms)) * 1_000_000n + 999n),
      attributes: {
        'mlflow.spanType': 'LLM',
        'mlflow.llm.model': model,
        'mlflow.llm.cost': `{"total_cost": ${cost}}`,
      },
    })
    await traced.sendSpans([span(0, 'x', 0.25, 10), span(1, 'x', 0.5, 20), span(2, 'y', 1, 40)])
  })
  afterAll(() => traced.close())

  const query = (body: object) =>
    traced.traces('POST', '/metrics', { experiment_ids: ['0'], view_type: 'TRACES', ...body })
  const points = async (
    metric_name: string,
    aggregations: readonly (string | number)[],
    more: object = {},
  ) => {
    const requested = aggregations.map((one) =>
      typeof one === 'number'
        ? { aggregation_type: 'PERCENTILE', percentile_value: one }
        : { aggregation_type: one },
    )
    const { body } = await query({ metric_name, aggregations: requested, ...more })
    return (body.data_points ?? []).map((point: { dimensions?: object; values: object }) => [
      ...Object.values(point.dimensions ?? {}),
      ...Object.values(point.values),
    ])
  }

  test('responds in MLflow’s format', async () => {
    const aggregations = [{ aggregation_type: 'COUNT' }]
    expect((await query({ metric_name: 'trace_count', aggregations })).body).toEqual({
      data_points: [{ metric_name: 'trace_count', values: { COUNT: 6 } }],
    })
    const percentile = [{ aggregation_type: 'PERCENTILE', percentile_value: 50 }, { aggregation_type: 'AVG' }]
    expect(
      (await query({ metric_name: 'latency', aggregations: percentile, dimensions: ['trace_name'] })).body,
    ).toEqual({
      data_points: [
        {
          metric_name: 'latency',
          dimensions: { trace_name: 'a' },
          values: { 'P50.0': 2000, AVG: 11000 / 3 },
        },
        { metric_name: 'latency', dimensions: { trace_name: 'b' }, values: { 'P50.0': 4000, AVG: 4000 } },
      ],
    })
  })

  const inTime = { time_interval_seconds: HOUR, start_time_ms: START, end_time_ms: START + 3 * HOUR * 1000 }
  test.each<[string, readonly (string | number)[], object, unknown[][]]>([
    [
      'trace_count',
      ['COUNT'],
      { dimensions: ['trace_status'] },
      [
        ['ERROR', 1],
        ['IN_PROGRESS', 1],
        ['OK', 4],
      ],
    ],
    [
      'trace_count',
      ['COUNT'],
      { dimensions: ['trace_name', 'trace_status'] },
      [
        ['a', 'OK', 3],
        ['b', 'ERROR', 1],
      ],
    ],
    [
      'trace_count',
      ['COUNT'],
      inTime,
      [
        ['2026-01-01T00:00:00+00:00', 5],
        ['2026-01-01T02:00:00+00:00', 1],
      ],
    ],
    ['trace_count', ['COUNT'], { ...inTime, max_results: 1 }, [['2026-01-01T00:00:00+00:00', 5]]],
    ['session_count', ['COUNT'], {}, [[2]]],
    [
      'session_count',
      ['COUNT'],
      inTime,
      [
        ['2026-01-01T00:00:00+00:00', 2],
        ['2026-01-01T02:00:00+00:00', 1],
      ],
    ],
    ['session_count', ['COUNT'], { filters: ["trace.status = 'ERROR'"] }, [[1]]],
    ['session_count', ['COUNT'], { experiment_ids: ['99'] }, [[0]]],
    ['latency', [0, 50, 75, 100], { filters: ["trace.tag.env = 'prod'"] }, [[1000, 3000, 5000, 8000]]],
    ['input_tokens', ['SUM', 'AVG', 25], {}, [[40, 20, 15]]],
    ['input_tokens', ['MIN', 'MAX'], {}, [[10, 30]]],
    [
      'latency',
      ['MAX', 'MIN'],
      { dimensions: ['trace_name'] },
      [
        ['a', 8000, 1000],
        ['b', 4000, 4000],
      ],
    ],
    ['output_tokens', ['SUM'], {}, []],
    ['trace_count', ['COUNT'], { filters: ["trace.status = 'OK'", "trace.metadata.m = '1'"] }, [[1]]],
    ['trace_count', ['COUNT'], { experiment_ids: ['99'] }, [[0]]],
    [
      'span_count',
      ['COUNT'],
      { view_type: 'SPANS', dimensions: ['span_model_name'] },
      [
        ['x', 2],
        ['y', 1],
      ],
    ],
    [
      'span_count',
      ['COUNT'],
      { view_type: 'SPANS', filters: ["span.name = 'ask'", "span.type = 'LLM'"] },
      [[1]],
    ],
    [
      'latency',
      ['AVG', 50],
      { view_type: 'SPANS', dimensions: ['span_name'] },
      [
        ['answer', 30, 30],
        ['ask', 10, 10],
      ],
    ],
    [
      'total_cost',
      ['SUM'],
      { view_type: 'SPANS', dimensions: ['span_model_name'] },
      [
        ['x', 0.75],
        ['y', 1],
      ],
    ],
    [
      'assessment_count',
      ['COUNT'],
      { view_type: 'ASSESSMENTS', dimensions: ['assessment_name'] },
      [
        ['helpful', 2],
        ['other', 2],
        ['score', 2],
      ],
    ],
    [
      'assessment_value',
      ['AVG'],
      { view_type: 'ASSESSMENTS', dimensions: ['assessment_name'] },
      [
        ['helpful', 0.5],
        ['score', 3.5],
      ],
    ],
    [
      'assessment_count',
      ['COUNT'],
      { view_type: 'ASSESSMENTS', filters: ["assessment.name = 'score'", "assessment.type = 'feedback'"] },
      [[2]],
    ],
  ])('%s, %j of %j', async (metric, aggregations, more, expected) => {
    expect(await points(metric, aggregations, more)).toEqual(expected)
  })

  test('computes percentiles of the sorted values', async () => {
    const experiment_id = await traced.createExperiment('percentiles')
    const trace_location = { mlflow_experiment: { experiment_id } }
    const times = [3, 1, 4, 1, 5, 9, 2, 6].sort()
    for (const seconds of times)
      await traced.createTrace({ trace_location, execution_duration: `${seconds}s` })
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 100, noNaN: true }), async (percentile) => {
        const place = (percentile / 100) * (times.length - 1)
        const [below, above] = [times[Math.floor(place)]!, times[Math.ceil(place)]!]
        const expected = 1000 * (below + (above - below) * (place - Math.floor(place)))
        const [[found]] = await points('latency', [percentile], { experiment_ids: [experiment_id] })
        expect(found).toBeCloseTo(expected, 6)
      }),
      { numRuns: share(30, database.engine) },
    )
  })

  test('clamps times outside of the calendar', async () => {
    const experiment_id = await traced.createExperiment('far future')
    await traced.post('traces', { experiment_id, timestamp_ms: 9e15 })
    const times = { time_interval_seconds: HOUR, start_time_ms: 0, end_time_ms: 9e15 }
    const more = { experiment_ids: [experiment_id], dimensions: ['trace_status'], ...times }
    expect(await points('trace_count', ['COUNT'], more)).toEqual([
      ['9999-12-31T23:59:59.999+00:00', 'IN_PROGRESS', 1],
    ])
  })

  test.each<[object, string]>([
    [{ metric_name: 'colour' }, "metric_name must be one of ['cache_creation_input_tokens', "],
    [
      { aggregations: [{ aggregation_type: 'SUM' }] },
      "Found invalid aggregation_type(s): ['SUM']. Supported aggregation types: ['COUNT']",
    ],
    [
      { dimensions: ['colour'] },
      "Found invalid dimension(s): ['colour']. Supported dimensions: ['trace_name', 'trace_status']",
    ],
    [
      { metric_name: 'latency', aggregations: [{ aggregation_type: 'PERCENTILE' }] },
      'Percentile value is required',
    ],
    [
      { metric_name: 'latency', aggregations: [{ aggregation_type: 'PERCENTILE', percentile_value: 101 }] },
      'must be between 0 and 100, got 101',
    ],
    [{ aggregations: [{ aggregation_type: 'COUNT', percentile_value: 1 }] }, 'only allowed for PERCENTILE'],
    [{ aggregations: [] }, "'aggregations'"],
    [
      { time_interval_seconds: 60 },
      'start_time_ms and end_time_ms are required if time_interval_seconds is set',
    ],
    [{ filters: ["trace.status = 'OK' AND trace.status = 'OK'"] }, 'Expected one filter clause.'],
    [{ filters: ["trace.status != 'OK'"] }, "Invalid comparator: '!=', only '=' operator is supported"],
    [{ filters: ['trace.status = 1'] }, 'Expected a quoted string value'],
    [{ filters: ["planet.status = 'OK'"] }, "Invalid view type 'planet'"],
    [{ filters: ["trace.colour = 'OK'"] }, "Invalid entity 'colour' specified for view type 'trace'"],
    [{ filters: ["span.name = 'OK'"] }, 'Filtering by span is only supported for SPANS view type'],
    [{ view_type: undefined }, "'view_type'"],
    [{ experiment_ids: ['a'] }, 'Invalid experiment ID'],
    [{ max_results: 0 }, 'It must be a positive integer'],
  ])('rejects %j', async (change, words) => {
    const response = await query({
      metric_name: 'trace_count',
      aggregations: [{ aggregation_type: 'COUNT' }],
      ...change,
    })
    expect([response.status, response.body.message]).toEqual([400, expect.stringContaining(words)])
  })
})

const judgements = (helpful: unknown, score: number, other: unknown) => [
  { assessment_name: 'helpful', feedback: { value: helpful } },
  { assessment_name: 'score', feedback: { value: score } },
  { assessment_name: 'other', feedback: { value: other, error: { error_code: 'none' } } },
]
