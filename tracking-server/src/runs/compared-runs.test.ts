import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../schema.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { indexPending } from './value-index.js'

describe.each(databases)('runs that are compared on %s', (_name, database) => {
  let tracked: TrackingApp
  let ids: string[]
  beforeAll(async () => {
    tracked = await trackingApp(database)
    ids = [await tracked.createRun(), await tracked.createRun(), await tracked.createRun()]
    const log = (at: number, batch: object) => tracked.post('runs/log-batch', { run_id: ids[at], ...batch })
    const metric = (key: string, value: number | string, step = 0) => ({ key, value, step, timestamp: 1 })
    await log(0, {
      metrics: [metric('loss', 2, 7), metric('same', 1), metric('nan', 'NaN'), metric('all nan', 'NaN')],
      params: [
        { key: 'rate', value: '0.1' },
        { key: 'same', value: 'x' },
      ],
      tags: [{ key: 'team', value: 'a' }],
    })
    await log(1, {
      metrics: [metric('loss', -1, 9), metric('same', 1), metric('nan', 0), metric('all nan', 'NaN')],
      params: [
        { key: 'rate', value: '0.2' },
        { key: 'same', value: 'x' },
      ],
    })
  })
  afterAll(() => tracked.close())

  const post = async (path: string, payload: object) => {
    const response = await tracked.app.inject({ method: 'POST', url: `/api/cairn/v1/runs/${path}`, payload })
    return { status: response.statusCode, body: response.json() }
  }

  test('are returned by id, each once and in order, without those that do not exist', async () => {
    const { body } = await post('batch-get', { run_ids: [ids[1], 'f'.repeat(32), ids[0], ids[1]] })
    expect(body.runs.map((run: { info: { run_id: string } }) => run.info.run_id)).toEqual([ids[1], ids[0]])
    expect(body.runs).toEqual([
      (await tracked.get('runs/get', { run_id: ids[1]! })).body.run,
      (await tracked.get('runs/get', { run_id: ids[0]! })).body.run,
    ])
    expect((await post('batch-get', { run_ids: ['none'] })).body).toEqual({ runs: [] })
  })

  test('are returned with the named keys only', async () => {
    const projection = { metrics: ['loss', 'unknown'], params: [], tags: ['team'] }
    const { body } = await post('batch-get', { run_ids: [ids[0]], ...projection })
    expect(body.runs[0].data).toEqual({
      metrics: [{ key: 'loss', value: 2, timestamp: 1, step: 7 }],
      tags: [{ key: 'team', value: 'a' }],
    })
  })

  test('are summarized by key', async () => {
    const { body } = await post('compare', { run_ids: [...ids, 'none'] })
    const sorted = (list: { key: string }[]) => list.sort((a, b) => (a.key < b.key ? -1 : 1))
    expect(sorted(body.metrics)).toEqual([
      { key: 'all nan', count: 2, differs: false, last_step: 0 },
      { key: 'loss', count: 2, differs: true, min: -1, max: 2, last_step: 9 },
      { key: 'nan', count: 2, differs: true, min: 0, max: 0, last_step: 0 },
      { key: 'same', count: 2, differs: false, min: 1, max: 1, last_step: 0 },
    ])
    expect(sorted(body.params)).toEqual([
      { key: 'rate', count: 2, differs: true },
      { key: 'same', count: 2, differs: false },
    ])
    expect(sorted(body.tags)).toEqual([
      { key: 'mlflow.runName', count: 3, differs: true },
      { key: 'team', count: 1, differs: false },
    ])
  })

  test('are summarized across batches as within one', async () => {
    const many = await Promise.all(Array.from({ length: 201 }, () => tracked.createRun()))
    const params = (value: string) => [{ key: 'p', value }]
    await tracked.post('runs/log-batch', { run_id: many[0], params: params('1') })
    await tracked.post('runs/log-batch', { run_id: many[200], params: params('2') })
    const { body } = await post('compare', { run_ids: many })
    expect(body.params).toEqual([{ key: 'p', count: 2, differs: true }])
  })

  test('of an experiment are counted, and their keys listed, pending and indexed ones', async () => {
    const experiment_id = await tracked.createExperiment('keys')
    const keysUrl = `/api/cairn/v1/runs/keys?experiment_id=${experiment_id}`
    const keys = async () => (await tracked.app.inject({ url: keysUrl })).json()
    expect(await keys()).toEqual({ metrics: [], params: [], tags: [] })
    const log = async (key: string) => {
      const run_id = await tracked.createRun({ experiment_id })
      const metrics = [{ key, value: 1, timestamp: 1 }]
      await tracked.post('runs/log-batch', { run_id, metrics, params: [{ key, value: key }] })
    }
    await log('b')
    await tracked.context.db.for<TrackingSchema>().transaction(indexPending)
    await log('a')
    await log('b')
    expect(await keys()).toEqual({ metrics: ['a', 'b'], params: ['a', 'b'], tags: ['mlflow.runName'] })
    const count = (filter: string) => post('count', { experiment_ids: [experiment_id], filter })
    expect((await count('')).body).toEqual({ count: 3 })
    expect((await count("params.b = 'b'")).body).toEqual({ count: 2 })
    expect((await count('nonsense')).status).toBe(400)
  })

  test.each([
    ['batch-get', {}, /'run_ids'/],
    ['count', {}, /'experiment_ids'/],
    ['batch-get', { run_ids: [] }, /'run_ids'/],
    ['batch-get', { run_ids: Array.from({ length: 1001 }, (_, i) => `r${i}`) }, /'run_ids'/],
    ['batch-get', { run_ids: ['r'], metrics: 'loss' }, /'metrics'/],
    ['compare', { run_ids: 'r' }, /'run_ids'/],
  ])('rejects %s %j', async (path, payload, message) => {
    const { status, body } = await post(path, payload)
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)])
  })
})
