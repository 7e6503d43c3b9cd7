import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

describe.each(databases)('JSON of runs written by the database on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeAll(async () => {
    tracked = await trackingApp(database)
  })
  afterAll(() => tracked.close())

  test('is equal to that of JavaScript, to the last digit', async () => {
    const run_id = await tracked.createRun({ run_name: 'written' })
    const metrics = [1, 0.1, 1 / 3, 'NaN', 1e300].map((value, i) => ({
      key: `k${i}`,
      value,
      timestamp: i,
    }))
    await tracked.post('runs/log-batch', {
      run_id,
      metrics,
      params: [{ key: 'value', value: '"\u0007ü中😀' }],
    })
    const [api, browser] = await Promise.all(
      ['api', 'ajax-api'].map((prefix) =>
        tracked.app.inject({
          method: 'POST',
          url: `/${prefix}/2.0/mlflow/runs/search`,
          payload: { experiment_ids: ['0'], filter: "run_name = 'written'" },
        }),
      ),
    )
    const { run } = (await tracked.get('runs/get', { run_id })).body
    expect(browser!.body).toBe(api!.body)
    expect(api!.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(api!.body).toMatch(/"value":1\.0,.*"value":"NaN"/)
    expect(api!.json()).toEqual({ runs: [run] })
    expect(api!.json().runs[0].data.metrics.map((metric: { value: unknown }) => metric.value)).toEqual(
      metrics.map(({ value }) => value),
    )
  })
})
