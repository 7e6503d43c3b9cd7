import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

describe.each(databases)('runs on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database, () => 1_700_000_000_000)
  })
  afterAll(() => tracked.close())

  const get = async (run_id: string) => (await tracked.get('runs/get', { run_id })).body.run
  const log = (run_id: string, batch: object) => tracked.post('runs/log-batch', { run_id, ...batch })

  test('creates a run like MLflow', async () => {
    const { body } = await tracked.post('runs/create', {
      experiment_id: '0',
      start_time: 5,
      run_name: 'rn',
      user_id: 'bob',
      tags: [{ key: 'mlflow.user', value: 'u' }],
    })
    const { run_id } = body.run.info
    expect(run_id).toMatch(/^[0-9a-f]{32}$/)
    const tags = [
      { key: 'mlflow.user', value: 'u' },
      { key: 'mlflow.runName', value: 'rn' },
    ]
    const info = {
      run_uuid: run_id,
      experiment_id: '0',
      run_name: 'rn',
      user_id: 'bob',
      status: 'RUNNING',
      start_time: 5,
      artifact_uri: `mlflow-artifacts:/0/${run_id}/artifacts`,
      lifecycle_stage: 'active',
      run_id,
    }
    expect(body).toEqual({ run: { info, data: { tags }, inputs: {} } })
    expect(await get(run_id)).toEqual({ info, data: { tags }, inputs: {}, outputs: {} })
    expect((await tracked.get('runs/get', { run_uuid: run_id })).status).toBe(200)
  })

  test('accepts tags at creation whose keys cannot be set later', async () => {
    const tags = ['git (short)', 'team@x', '../a', '😀'].map((key) => ({ key, value: 'v' }))
    const run_id = await tracked.createRun({ tags })
    expect((await get(run_id)).data.tags).toEqual(expect.arrayContaining(tags))
    for (const { key } of tags)
      expect((await tracked.post('runs/delete-tag', { run_id, key })).status).toBe(200)
    expect((await tracked.post('runs/set-tag', { run_id, ...tags[0] })).status).toBe(400)
  })

  test('defaults to experiment 0, a random name and the current time', async () => {
    const { body } = await tracked.post('runs/create')
    expect(body.run.info).toMatchObject({ experiment_id: '0', start_time: 1_700_000_000_000, user_id: '' })
    expect(body.run.info.run_name).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/)
    expect(body.run.data.tags).toEqual([{ key: 'mlflow.runName', value: body.run.info.run_name }])
  })

  test('keeps the run name and its tag in sync', async () => {
    const run_id = await tracked.createRun({ tags: [{ key: 'mlflow.runName', value: 'tagged' }] })
    expect((await get(run_id)).info.run_name).toBe('tagged')
    await tracked.post('runs/set-tag', { run_id, key: 'mlflow.runName', value: 'renamed' })
    expect((await get(run_id)).info.run_name).toBe('renamed')
    const { body } = await tracked.post('runs/update', { run_id, run_name: 'new', status: 3, end_time: 9 })
    expect(body.run_info).toMatchObject({ run_name: 'new', status: 'FINISHED', end_time: 9 })
    expect(await get(run_id)).toMatchObject({
      info: { run_name: 'new', status: 'FINISHED', end_time: 9 },
      data: { tags: [{ key: 'mlflow.runName', value: 'new' }] },
    })
    expect((await tracked.post('runs/update', { run_id, status: 'FOO' })).body.run_info.status).toBe(
      'FINISHED',
    )
    expect(
      await tracked.post('runs/create', { run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] }),
    ).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
  })

  test('logs a batch atomically and keeps the order of logging', async () => {
    const run_id = await tracked.createRun({ run_name: 'r' })
    await log(run_id, {
      metrics: [
        { key: 'z', value: 1, timestamp: 1 },
        { key: 'a', value: 2, timestamp: 1, step: 4 },
      ],
      params: [{ key: 'q', value: '1' }, { key: 'b' }],
      tags: [
        { key: 't', value: '1' },
        { key: 't', value: '2' },
      ],
    })
    await log(run_id, { metrics: [{ key: 'm', value: 3, timestamp: 1 }], params: null })
    const data = {
      metrics: [
        { key: 'z', value: 1, timestamp: 1, step: 0 },
        { key: 'a', value: 2, timestamp: 1, step: 4 },
        { key: 'm', value: 3, timestamp: 1, step: 0 },
      ],
      params: [
        { key: 'q', value: '1' },
        { key: 'b', value: '' },
      ],
      tags: [
        { key: 'mlflow.runName', value: 'r' },
        { key: 't', value: '2' },
      ],
    }
    expect((await get(run_id)).data).toEqual(data)
    const refused = await log(run_id, {
      metrics: [{ key: 'late', value: 1, timestamp: 1 }],
      params: [
        { key: 'new', value: 'x' },
        { key: 'q', value: "it's" },
      ],
      tags: [{ key: 'late', value: '' }],
    })
    expect(refused).toMatchObject({
      status: 400,
      body: {
        message: `Changing param values is not allowed. Params were already logged='[{'key': 'q', 'old_value': '1', 'new_value': "it's"}]' for run ID='${run_id}'.`,
      },
    })
    expect((await get(run_id)).data).toEqual(data)
  })

  test('accepts the same parameter again, but not another value', async () => {
    const run_id = await tracked.createRun()
    for (const value of ['1', '1'])
      expect((await tracked.post('runs/log-parameter', { run_id, key: 'p', value })).status).toBe(200)
    expect((await tracked.post('runs/log-parameter', { run_id, key: 'p', value: '2' })).body.message).toBe(
      `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${run_id}'. Attempted logging new value '2'.`,
    )
  })

  test('truncates long values by characters', async () => {
    const run_id = await tracked.createRun({ run_name: 'r' })
    await tracked.post('runs/log-parameter', { run_id, key: 'p', value: '🎬'.repeat(6001) })
    await tracked.post('runs/set-tag', { run_id, key: 't', value: 'x'.repeat(8001) })
    const { params, tags } = (await get(run_id)).data
    expect([params[0].value, tags[1].value]).toEqual(['🎬'.repeat(6000), 'x'.repeat(8000)])
  })

  test('returns the latest metric by step, timestamp and value, in any order of arrival', async () => {
    const run_id = await tracked.createRun()
    const points = [
      { step: 1, timestamp: 1, value: 0.5 },
      { step: 0, timestamp: 9, value: 0.9 },
      { step: 1, timestamp: 1, value: 'NaN' },
      { step: 1, timestamp: 1, value: -3 },
      { step: -5, timestamp: 99, value: 7 },
    ].map((point) => ({ key: 'm', ...point }))
    await log(run_id, { metrics: points })
    for (const point of points) await tracked.post('runs/log-metric', { run_id, ...point })
    expect((await get(run_id)).data.metrics).toEqual([{ key: 'm', value: 0.5, timestamp: 1, step: 1 }])
    const { body } = await tracked.get('metrics/get-history', { run_id, metric_key: 'm' })
    expect(body.metrics).toHaveLength(points.length)
  })

  test('accepts metric values as numbers, strings, booleans and infinities', async () => {
    const run_id = await tracked.createRun()
    const values = ['1.5', true, 'NaN', 'Infinity', '-Infinity', 1e308]
    for (const [i, value] of values.entries())
      await tracked.post('runs/log-metric', { run_id, key: `v${i}`, value, timestamp: '12', step: 1.5 })
    const { metrics } = (await get(run_id)).data
    expect(metrics.map((one: { value: unknown }) => one.value)).toEqual([
      1.5,
      1,
      'NaN',
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      1e308,
    ])
    expect(metrics[0]).toMatchObject({ timestamp: 12, step: 1 })
  })

  test('deletes tags and names missing ones', async () => {
    const run_id = await tracked.createRun({ tags: [{ key: 't', value: '1' }] })
    expect((await tracked.post('runs/delete-tag', { run_id, key: 't' })).status).toBe(200)
    expect(await tracked.post('runs/delete-tag', { run_id, key: 't' })).toMatchObject({
      status: 404,
      body: { message: `No tag with name: t in run with id ${run_id}` },
    })
  })

  test('records inputs and outputs once', async () => {
    const run_id = await tracked.createRun()
    const dataset = {
      name: 'd',
      digest: 'abc',
      source_type: 'local',
      source: '{}',
      schema: '{}',
      profile: '{}',
    }
    const context = [{ key: 'mlflow.data.context', value: 'train' }]
    for (const _ of [1, 2]) {
      await tracked.post('runs/log-inputs', {
        run_id,
        datasets: [{ dataset, tags: context }, { dataset }],
        models: [{ model_id: 'm-1' }],
      })
      await tracked.post('runs/outputs', { run_id, models: [{ model_id: 'm-2', step: 3 }] })
    }
    expect(await get(run_id)).toMatchObject({
      inputs: { dataset_inputs: [{ dataset, tags: context }], model_inputs: [{ model_id: 'm-1' }] },
      outputs: { model_outputs: [{ model_id: 'm-2', step: 3 }] },
    })
    const { body } = await tracked.post('experiments/search-datasets', { experiment_ids: ['0'] })
    expect(body.dataset_summaries).toEqual([
      { experiment_id: '0', name: 'd', digest: 'abc', context: 'train' },
    ])
  })

  test('collects models of older clients in a tag that remains valid JSON', async () => {
    const run_id = await tracked.createRun({ run_name: 'r' })
    const model = (artifact_path: string) =>
      JSON.stringify({
        artifact_path,
        run_id,
        utc_time_created: 'now',
        flavors: { python_function: { loader_module: 'x', config: { secret: 1 } } },
        signature: 'left out',
      })
    for (let i = 0; i < 100; i++)
      await tracked.post('runs/log-model', { run_id, model_json: model(`model-${i}`) })
    const history = JSON.parse((await get(run_id)).data.tags[1].value)
    expect(history.at(-1)).toEqual({
      run_id,
      utc_time_created: 'now',
      artifact_path: 'model-99',
      flavors: { python_function: { loader_module: 'x' } },
    })
  })

  test.each([
    ['malformed JSON', '{', /^Malformed model info.* is not a valid JSON.$/s],
    [
      'a model without flavors',
      '{"run_id":""}',
      "Model json is missing mandatory fields: {'artifact_path', 'flavors', 'utc_time_created'}",
    ],
    [
      'flavors that are nested too deeply',
      `{"flavors":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      'Malformed model info: it is nested deeper than 100.',
    ],
  ])('rejects a model of older clients: %s', async (_what, model_json, message) => {
    const { status, body } = await tracked.post('runs/log-model', {
      run_id: await tracked.createRun(),
      model_json,
    })
    expect(status).toBe(400)
    expect(body.message).toMatch(message)
  })

  test('keeps all values of concurrent writers of the same keys', async () => {
    const run_id = await tracked.createRun()
    const batches = Array.from({ length: 20 }, (_, i) =>
      log(run_id, {
        metrics: (i % 2 ? ['a', 'b'] : ['b', 'a']).map((key) => ({ key, value: i, timestamp: i, step: i })),
        tags: (i % 2 ? ['x', 'y'] : ['y', 'x']).map((key) => ({ key, value: 'v' })),
        params: [{ key: 'same', value: '1' }],
      }),
    )
    for (const { status } of await Promise.all(batches)) expect(status).toBe(200)
    const { metrics } = (await get(run_id)).data
    expect(metrics.map((one: { value: number }) => one.value)).toEqual([19, 19])
    const { body } = await tracked.get('metrics/get-history', { run_id, metric_key: 'a' })
    expect(body.metrics).toHaveLength(20)
  })
})
