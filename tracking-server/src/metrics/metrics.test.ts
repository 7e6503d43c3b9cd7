import { databases } from '@cairn/platform/testing/databases'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { everyNth } from './sample.js'

describe.each(databases)('metric history on %s', (_name, database) => {
  let tracked: TrackingApp
  let runs: string[]
  beforeAll(async () => {
    tracked = await trackingApp(database)
    runs = [await tracked.createRun(), await tracked.createRun()]
    const points = (count: number, stride: number) =>
      Array.from({ length: count }, (_, i) => ({ key: 'h', value: i, timestamp: 100 + i, step: i * stride }))
    await tracked.post('runs/log-batch', { run_id: runs[0], metrics: points(100, 1) })
    await tracked.post('runs/log-batch', { run_id: runs[1], metrics: points(10, 7) })
    await tracked.post('runs/log-metric', { run_id: runs[0], key: 'nan', value: 'NaN', timestamp: 1 })
  })
  afterAll(() => tracked.close())

  const history = (query: object) =>
    tracked.get('metrics/get-history', { run_id: runs[0]!, metric_key: 'h', ...query })
  const steps = (body: { metrics?: { step: number }[] }) => (body.metrics ?? []).map((one) => one.step)

  test('returns the complete history without max_results, otherwise pages', async () => {
    const all = steps((await history({})).body)
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i))
    const paged: number[] = []
    for (let page_token: string | undefined = ''; page_token !== undefined; ) {
      const { body } = await history({ max_results: '33', page_token })
      paged.push(...steps(body))
      page_token = body.next_page_token
    }
    expect(paged).toEqual(all)
  })

  test('is empty for missing keys and runs, and writes NaN as a string', async () => {
    expect((await history({ metric_key: 'nokey' })).body).toEqual({})
    expect((await history({ run_id: 'f'.repeat(32) })).body).toEqual({})
    expect((await history({ metric_key: 'nan' })).body.metrics).toEqual([
      { key: 'nan', value: 'NaN', timestamp: 1, step: 0 },
    ])
  })

  test('returns the histories of many runs, ordered by run', async () => {
    const response = await tracked.app.inject({
      url: `/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${runs[1]}&run_id=${runs[0]}&metric_key=h`,
    })
    const ids = response.json().metrics.map((one: { run_id: string }) => one.run_id)
    expect(ids).toEqual([...ids].sort())
    expect(ids).toHaveLength(110)
  })

  test('samples every n-th step of all runs, and the first and last step of each', async () => {
    const { body } = await tracked.get('metrics/get-history-bulk-interval', {
      run_ids: runs,
      metric_key: 'h',
      max_results: '4',
    })
    const of = (run: number) =>
      steps({ metrics: body.metrics.filter((one: { run_id: string }) => one.run_id === runs[run]) })
    expect(of(0)).toEqual([0, 25, 50, 63, 75, 99])
    expect(of(1)).toEqual([0, 63])
    const part = await tracked.get('metrics/get-history-bulk-interval', {
      run_ids: [runs[0]!],
      metric_key: 'h',
      start_step: '1',
      end_step: '3',
    })
    expect(steps(part.body)).toEqual([1, 2, 3])
  })

  test.each([
    ['metrics/get-history', {}, /'run_id'/],
    ['metrics/get-history', { run_id: 'r' }, /'metric_key'/],
    ['metrics/get-history', { run_id: 'r', metric_key: 'h', max_results: '0' }, /must be a positive integer/],
    ['metrics/get-history', { run_id: 'r', metric_key: 'h', max_results: 'x' }, /'max_results'/],
    ['metrics/get-history', { run_id: 'r', metric_key: 'h', page_token: 'x' }, /Invalid page token/],
    [
      'metrics/get-history-bulk-interval',
      { metric_key: 'h' },
      /^Missing value for required parameter 'run_ids'/,
    ],
    [
      'metrics/get-history-bulk-interval',
      { run_ids: ['r'], metric_key: 'h', start_step: '1' },
      /^If either start step or end step are specified, both must be specified\.$/,
    ],
    [
      'metrics/get-history-bulk-interval',
      { run_ids: ['r'], metric_key: 'h', start_step: '3', end_step: '1' },
      /^end_step must be greater than start_step/,
    ],
    [
      'metrics/get-history-bulk-interval',
      { run_ids: ['r'], metric_key: 'h', max_results: '2501' },
      /^max_results must be between 1 and 2500\. See the API docs/,
    ],
    [
      'metrics/get-history-bulk-interval',
      { run_ids: Array.from({ length: 101 }, () => 'r'), metric_key: 'h' },
      /must specify at most 100 run_ids\. Received 101 run_ids\./,
    ],
  ])('rejects %s %j', async (path, query, message) => {
    const response = await tracked.get(path, query as Record<string, string>)
    expect([response.status, response.body.message]).toEqual([400, expect.stringMatching(message)])
  })
})

test('samples are ordered, have the requested size, and include both ends', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer(), { minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      (drawn, max) => {
        const steps = drawn.sort((a, b) => a - b)
        const sample = [...new Set(everyNth(steps, max))]
        expect(sample.length).toBeLessThanOrEqual(Math.min(steps.length, max + 1))
        expect(sample).toEqual([...sample].sort((a, b) => a - b))
        expect([sample[0], sample.at(-1)]).toEqual([steps[0], steps.at(-1)])
      },
    ),
  )
})
