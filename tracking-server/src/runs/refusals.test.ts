import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const points = (count: number) =>
  Array.from({ length: count }, (_, step) => ({ key: 'z', value: 1, timestamp: 1, step }))

/** All writes to a run, which missing and deleted runs reject. */
const WRITES = [
  ['log-parameter', { key: 'z', value: 'z' }],
  ['log-metric', { key: 'z', value: 1, timestamp: 1 }],
  ['set-tag', { key: 'z', value: 'z' }],
  ['set-tag', { key: 'mlflow.runName', value: 'z' }],
  ['delete-tag', { key: 'mlflow.runName' }],
  ['log-batch', {}],
  ['log-batch', { metrics: points(9), params: [{ key: 'z', value: 'z' }], tags: [{ key: 'z', value: 'z' }] }],
  ['update', { status: 'FINISHED' }],
  ['update', { run_name: 'z' }],
  ['log-inputs', { datasets: [{ dataset: { name: 'z', digest: 'z', source_type: 'z', source: 'z' } }] }],
  ['log-inputs', { models: [{ model_id: 'z' }] }],
  ['outputs', { models: [{ model_id: 'z', step: 1 }] }],
] as const
const OF_RUNS = [
  'params',
  'tags',
  'metrics',
  'latest_metrics',
  'metric_batches',
  'dataset_inputs',
  'model_inputs',
  'model_outputs',
] as const

describe.each(databases)('invalid requests to runs on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database, () => 1_700_000_000_000)
  })
  afterAll(() => tracked.close())

  const get = async (run_id: string) => (await tracked.get('runs/get', { run_id })).body.run
  const history = async (run_id: string, metric_key: string) =>
    (await tracked.get('metrics/get-history', { run_id, metric_key })).body.metrics ?? []

  const point = { key: 'k', value: 1, timestamp: 1 }
  const many = (count: number, item: (i: number) => object) =>
    Array.from({ length: count }, (_, i) => item(i))
  const params = (count: number) => many(count, (i) => ({ key: `p${i}`, value: '' }))
  test.each([
    [
      'log-metric',
      { ...point, value: 'abc' },
      /^Invalid value "abc" for parameter 'value' supplied: {2}Hint: Value was of type 'str'/,
    ],
    ['log-metric', { ...point, value: null }, /^Missing value for required parameter 'value'/],
    ['log-metric', { ...point, key: '' }, /^Missing value for required parameter 'key'/],
    [
      'log-metric',
      { ...point, timestamp: -1 },
      /^Invalid value -1 for parameter 'timestamp' supplied: metric 'k' \(value=1\.0\)\. Timestamp must be a nonnegative long \(64-bit integer\) $/,
    ],
    [
      'log-metric',
      { ...point, key: 'a$b' },
      /^Invalid value "a\$b" for parameter 'name' supplied: Names may only contain/,
    ],
    ['log-metric', { ...point, key: '../x' }, /This name would resolve to '\.\.\/x'$/],
    ['log-metric', { ...point, key: 'a//b/' }, /This name would resolve to 'a\/b'$/],
    ['log-metric', { ...point, key: '//a' }, /This name would resolve to '\/\/a'$/],
    [
      'log-metric',
      { ...point, key: 'k'.repeat(251) },
      /^'Metric name' exceeds the maximum length of 250 characters$/,
    ],
    ['log-metric', { ...point, step: 2 ** 60 }, /'step'/],
    ['log-parameter', { key: 'k'.repeat(251) }, /^'Param key' exceeds/],
    ['log-parameter', { key: 'p', value: 5 }, /'value' supplied: {2}Hint: Value was of type 'int'/],
    ['set-tag', { key: 'k'.repeat(251), value: '' }, /^'key' exceeds the maximum length of 250 characters$/],
    [
      'log-batch',
      { metrics: many(1001, () => point) },
      /^A batch logging request can contain at most 1000 metrics\. Got 1001 metrics\. Please split up metrics across multiple requests and try again\.$/,
    ],
    ['log-batch', { params: params(101) }, /at most 100 params\. Got 101 params/],
    [
      'log-batch',
      { metrics: many(950, () => point), params: params(51) },
      /at most 1000 metrics, params, and tags\. Got 1001 metrics, params, and tags/,
    ],
    [
      'log-batch',
      {
        params: [
          { key: 'd', value: '1' },
          { key: 'd', value: '1' },
        ],
      },
      /^Duplicate parameter keys have been submitted: \['d'\]\. Please ensure/,
    ],
    [
      'log-batch',
      { metrics: [{ ...point, value: 'abc' }] },
      /^Invalid value "abc" for parameter 'metrics\[0\]\.value'/,
    ],
    ['log-batch', { metrics: [{ key: 'a', timestamp: 1 }] }, /'metrics\[0\]\.value'/],
    [
      'log-batch',
      { metrics: [{ ...point, key: 'a$' }] },
      /^Invalid value "a\$" for parameter 'metrics\[0\]\.name' supplied/,
    ],
    ['log-metric', { ...point, dataset_name: 'd' }, /^Both dataset_name and dataset_digest must be provided/],
    ['log-batch', { metrics: [{ ...point, dataset_digest: 'd' }] }, /^Both dataset_name and dataset_digest/],
    ['log-batch', { metrics: 'x' }, /^Invalid value "x" for parameter 'metrics' supplied/],
    ['log-batch', { tags: [{ value: 'x' }] }, /^Missing value for required parameter 'tags\[0\]\.key'/],
    ['log-batch', { run_id: '../x' }, /^Invalid value "\.\.\/x" for parameter 'run_id' supplied\.$/],
    [
      'log-inputs',
      { datasets: [{ dataset: { name: 'x'.repeat(501), digest: 'a', source_type: 'l', source: 's' } }] },
      /name' exceeds the maximum length of 500 characters$/,
    ],
    [
      'log-inputs',
      { datasets: [{ dataset: { name: '', digest: 'a', source_type: 'l', source: 's' } }] },
      /^Missing value for required parameter 'datasets\[0\]\.dataset\.name'/,
    ],
    [
      'log-inputs',
      {
        datasets: many(1001, () => ({ dataset: { name: 'x', digest: 'a', source_type: 'l', source: 's' } })),
      },
      /at most 1000 datasets/,
    ],
    ['create', { start_time: 'abc' }, /^Invalid value "abc" for parameter 'start_time' supplied/],
    ['create', { experiment_id: 0 }, /Hint: Value was of type 'int'/],
    ['create', { tags: [{ key: 'a\u0001', value: '' }] }, /parameter 'tags\[0\]\.key' supplied/],
  ])('%s rejects invalid input', async (path, body, message) => {
    const run_id = await tracked.createRun()
    const response = await tracked.post(`runs/${path}`, { run_id, ...body })
    expect(response).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(response.body.message).toMatch(message)
  })

  test('a deleted run is read-only until it is restored', async () => {
    const run_id = await tracked.createRun()
    for (const _ of [1, 2]) expect((await tracked.post('runs/delete', { run_id })).status).toBe(200)
    expect((await get(run_id)).info.lifecycle_stage).toBe('deleted')
    const before = await get(run_id)
    for (const [path, body] of WRITES)
      expect((await tracked.post(`runs/${path}`, { run_id, ...body })).body.message, path).toBe(
        `The run ${run_id} must be in the 'active' state. Current state is deleted.`,
      )
    expect(await get(run_id)).toEqual(before)
    expect(await history(run_id, 'z')).toEqual([])
    await tracked.post('runs/restore', { run_id })
    expect((await tracked.post('runs/set-tag', { run_id, key: 'z' })).status).toBe(200)
  })

  test('every endpoint returns 404 for a missing run', async () => {
    const run_id = 'f'.repeat(32)
    const responses = [
      await tracked.get('runs/get', { run_id }),
      await tracked.post('runs/delete', { run_id }),
    ]
    for (const [path, body] of WRITES) responses.push(await tracked.post(`runs/${path}`, { run_id, ...body }))
    for (const { status, body } of responses)
      expect([status, body.error_code, body.message]).toEqual([
        404,
        'RESOURCE_DOES_NOT_EXIST',
        `Run with id=${run_id} not found`,
      ])
    const { db } = tracked.context
    for (const table of OF_RUNS) {
      const left = db
        .for<TrackingSchema>()
        .read.selectFrom(table)
        .select('run_id')
        .where('run_id', '=', run_id)
      expect(await left.execute(), table).toEqual([])
    }
    expect((await tracked.post('runs/create', { experiment_id: '99999' })).body.message).toBe(
      'No Experiment with id=99999 exists',
    )
  })

  test('text that a database cannot store is rejected without a server error', async () => {
    const run_id = await tracked.createRun()
    for (const value of ['a\u0000b', '\ud800'])
      expect((await tracked.post('runs/set-tag', { run_id, key: 't', value })).status).toBeLessThan(500)
  })
})
