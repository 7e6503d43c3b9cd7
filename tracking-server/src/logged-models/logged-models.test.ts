import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import { MAX_PAGE_SIZE } from '../search/page-limits.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { readModels } from './read-models.js'
import { LoggedModelStore } from './store.js'

describe.each(databases)('logged models on %s', (_name, database) => {
  let tracked: TrackingApp
  let run_id: string
  let time = 1000
  beforeAll(async () => {
    tracked = await trackingApp(database, () => time++)
    run_id = await tracked.createRun()
  })
  afterAll(() => tracked.close())

  const create = async (model: object = {}) =>
    (await tracked.post('logged-models', { experiment_id: '0', source_run_id: run_id, ...model })).body.model
      .info.model_id as string
  const get = async (model_id: string) => (await tracked.get(`logged-models/${model_id}`)).body.model
  const search = async (body: object = {}) =>
    (await tracked.post('logged-models/search', { experiment_ids: ['0'], ...body })).body
  const names = (body: { models?: { info: { name: string } }[] }) =>
    (body.models ?? []).map(({ info }) => info.name)
  const measure = (model_id: string, value: number | string, more: object = {}) =>
    tracked.post('runs/log-batch', {
      run_id,
      metrics: [{ key: 'acc', value, timestamp: 5, model_id, ...more }],
    })

  test('accepts the maximum page size', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const row = await new LoggedModelStore(db, new Clock(() => 1)).getRow(await create())
    const rows = Array.from({ length: MAX_PAGE_SIZE }, (_, i) => ({ ...row, model_id: `m-${i}` }))
    expect(await readModels(db, rows)).toHaveLength(MAX_PAGE_SIZE)
  })

  test('creates a pending model, finalizes it, and returns its metrics', async () => {
    const model_id = await create({
      name: 'lm',
      model_type: 't',
      params: [{ key: 'a', value: '1' }],
      tags: [{ key: 'b', value: '2' }],
    })
    expect(model_id).toMatch(/^m-[0-9a-f]{32}$/)
    expect(await get(model_id)).toMatchObject({
      info: {
        name: 'lm',
        artifact_uri: `mlflow-artifacts:/0/models/${model_id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        source_run_id: run_id,
        tags: [{ key: 'b', value: '2' }],
      },
      data: { params: [{ key: 'a', value: '1' }] },
    })
    const finalized = await tracked.send('PATCH', `logged-models/${model_id}`, { model_id, status: 2 })
    expect(finalized.body.model.info.status).toBe('LOGGED_MODEL_READY')
    await tracked.post(`logged-models/${model_id}/params`, { model_id, params: [{ key: 'z', value: '9' }] })
    await tracked.send('PATCH', `logged-models/${model_id}/tags`, { tags: [{ key: 'c', value: '3' }] })
    expect((await tracked.send('DELETE', `logged-models/${model_id}/tags/b`)).status).toBe(200)
    for (const _ of [1, 2]) await measure(model_id, 0.7, { dataset_name: 'd', dataset_digest: 'abc' })
    await tracked.post('runs/log-metric', { run_id, key: 'nan', value: 'NaN', timestamp: 1, model_id })
    const { info, data } = await get(model_id)
    expect(info.tags).toEqual([{ key: 'c', value: '3' }])
    expect(data).toEqual({
      params: [
        { key: 'a', value: '1' },
        { key: 'z', value: '9' },
      ],
      metrics: [
        {
          key: 'acc',
          value: 0.7,
          timestamp: 5,
          step: 0,
          dataset_name: 'd',
          dataset_digest: 'abc',
          model_id,
          run_id,
        },
        { key: 'nan', value: 'NaN', timestamp: 1, step: 0, model_id, run_id },
      ],
    })
  })

  test('rejects changed parameters', async () => {
    const model_id = await create({ params: [{ key: 'a', value: '1' }] })
    const log = (...params: object[]) =>
      tracked.post(`logged-models/${model_id}/params`, { model_id, params })
    expect((await log({ key: 'a', value: '1' })).status).toBe(200)
    expect(await log({ key: 'b', value: '2' }, { key: 'a', value: "it's" })).toMatchObject({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: `Changing param values is not allowed. Params were already logged='[{'key': 'a', 'old_value': '1', 'new_value': "it's"}]' for model ID='${model_id}'.`,
      },
    })
    expect((await get(model_id)).data.params).toEqual([{ key: 'a', value: '1' }])
  })

  test('records concurrently registered versions once each', async () => {
    const model_id = await create()
    const note = (name: string, version: number) =>
      tracked.app.inject({
        method: 'POST',
        url: `/api/cairn/v1/logged-models/${model_id}/versions`,
        payload: { name, version },
      })
    const numbers = Array.from({ length: 8 }, (_, i) => i + 1)
    await Promise.all(numbers.map((number) => note('movies', number)))
    await note('movies', 1)
    const tags = (await get(model_id)).info.tags as { key: string; value: string }[]
    const { value } = tags.find(({ key }) => key === 'mlflow.modelVersions')!
    const noted = JSON.parse(value) as { name: string; version: number }[]
    expect(noted.map(({ version }) => version).sort()).toEqual(numbers)
    expect(value).toContain('{"name": "movies", "version": 1}')
    await tracked.send('DELETE', `logged-models/${model_id}`)
    expect((await note('movies', 9)).statusCode).toBe(404)
  })

  test('hides deleted models unless they are requested', async () => {
    const model_id = await create()
    await tracked.send('DELETE', `logged-models/${model_id}`)
    expect(await tracked.get(`logged-models/${model_id}`)).toMatchObject({
      status: 404,
      body: { message: `Logged model with ID '${model_id}' not found.` },
    })
    expect((await tracked.get(`logged-models/${model_id}`, { allow_deleted: 'true' })).status).toBe(200)
  })

  test('lists and downloads files of a model', async () => {
    const model_id = await create()
    await tracked.context.blobs.put(`0/models/${model_id}/artifacts/sub/MLmodel`, Buffer.from('flavors: {}'))
    const { body } = await tracked.get(`logged-models/${model_id}/artifacts/directories`, {
      artifact_directory_path: 'sub',
    })
    expect(body.files).toEqual([{ path: 'sub/MLmodel', is_dir: false, file_size: 11 }])
    const file = await tracked.app.inject(
      `/ajax-api/2.0/mlflow/logged-models/${model_id}/artifacts/files?artifact_file_path=sub%2FMLmodel`,
    )
    expect(file.body).toBe('flavors: {}')
  })

  test.each([
    [
      'POST',
      '',
      { experiment_id: '0', name: 'a.b' },
      400,
      /^Invalid model name \('a\.b'\) provided\. Model name must be a non-empty string and cannot contain/,
    ],
    ['POST', '', {}, 400, /'experiment_id'/],
    ['POST', '', { experiment_id: '99' }, 404, /^No Experiment with id=99 exists$/],
    [
      'PATCH',
      '/m-zz',
      { status: 'LOGGED_MODEL_READY' },
      400,
      /^Missing value for required parameter 'model_id'\. See/,
    ],
    ['PATCH', '/m-zz', { model_id: 'm-zz' }, 400, /'status'/],
    ['PATCH', '/m-zz', { model_id: 'm-zz', status: 2 }, 404, /^Logged model with ID 'm-zz' not found\.$/],
    ['DELETE', '/m-zz/tags/t', undefined, 404, /not found/],
    ['POST', '/search', {}, 400, /'experiment_ids'/],
    [
      'POST',
      '/search',
      { experiment_ids: ['0'], filter: "zz = 'x'" },
      400,
      /^Invalid attribute key 'zz' specified/,
    ],
    [
      'POST',
      '/search',
      { experiment_ids: ['0'], filter: 'metric.a > 1' },
      400,
      /^Invalid entity type 'metric'/,
    ],
    ['POST', '/search', { experiment_ids: ['0'], filter: "name > 'a'" }, 400, /^Invalid comparator '>'/],
    [
      'POST',
      '/search',
      { experiment_ids: ['0'], order_by: [{ field_name: 'params.a' }] },
      400,
      /^Invalid order_by entity: params$/,
    ],
    ['POST', '/search', { experiment_ids: ['0'], datasets: [{ dataset_digest: 'x' }] }, 400, /dataset_name/],
  ] as const)('rejects %s %s %j', async (method, path, body, status, message) => {
    const response = await tracked.send(method, `logged-models${path}`, body)
    expect([response.status, response.body.message]).toEqual([status, expect.stringMatching(message)])
  })

  test('returns 404 for a metric of a missing model and logs nothing', async () => {
    expect((await measure('m-zz', 1)).status).toBe(404)
  })

  test('searches with filters, orderings and pages', async () => {
    const experiment_ids = [await tracked.createExperiment('search')]
    const make = async (name: string, value?: number | string, dataset_name?: string) => {
      const model_id = await create({
        experiment_id: experiment_ids[0],
        name,
        params: [{ key: 'depth', value: name }],
        tags: [{ key: 'kind', value: name.toUpperCase() }],
      })
      if (value !== undefined)
        await measure(model_id, value, dataset_name ? { dataset_name, dataset_digest: 'g' } : {})
    }
    await make('low', 0.1, 'test')
    await make('none')
    await make('high', 0.9, 'train')
    await make('broken', 'NaN', 'test')
    const ask = async (body: object) => names(await search({ experiment_ids, ...body }))
    expect(await ask({})).toEqual(['broken', 'high', 'none', 'low'])
    expect(await ask({ filter: 'metrics.acc > 0.05' })).toEqual(['high', 'low'])
    expect(await ask({ filter: "params.depth = 'low' AND tags.`kind` LIKE 'L%'" })).toEqual(['low'])
    expect(await ask({ filter: "name IN ('low', 'none') AND status = 'LOGGED_MODEL_PENDING'" })).toEqual([
      'none',
      'low',
    ])
    expect(await ask({ datasets: [{ dataset_name: 'test', dataset_digest: 'g' }] })).toEqual([
      'broken',
      'low',
    ])
    expect(await ask({ filter: 'metrics.acc < 1', datasets: [{ dataset_name: 'train' }] })).toEqual(['high'])
    const by = (ascending: boolean, more: object = {}) => [{ field_name: 'metrics.acc', ascending, ...more }]
    expect(await ask({ order_by: by(false) })).toEqual(['high', 'low', 'broken', 'none'])
    expect(await ask({ order_by: by(true) })).toEqual(['low', 'high', 'broken', 'none'])
    expect(await ask({ order_by: by(true, { dataset_name: 'train' }) })).toEqual([
      'high',
      'broken',
      'none',
      'low',
    ])
    expect(await ask({ order_by: [{ field_name: 'name' }] })).toEqual(['broken', 'high', 'low', 'none'])
    for (const order_by of [[], by(false), [{ field_name: 'attributes.name', ascending: false }]]) {
      const paged: string[] = []
      for (let page_token: string | undefined = ''; page_token !== undefined; ) {
        const body = await search({ experiment_ids, order_by, max_results: 1, page_token })
        paged.push(...names(body))
        page_token = body.next_page_token
      }
      expect(paged).toEqual(await ask({ order_by }))
    }
  })
})
