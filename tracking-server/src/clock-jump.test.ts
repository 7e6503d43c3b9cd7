import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from './testing/tracking-app.js'

const DAY_MS = 86_400_000
const START = 1_700_000_000_000

describe.each(databases)('changes of the system clock between writes, on %s', (_name, database) => {
  let tracked: TrackingApp
  let time = START
  beforeAll(async () => {
    tracked = await trackingApp(database, () => time)
  })
  afterAll(() => tracked.close())

  test.each([
    ['back', -DAY_MS],
    ['forward', DAY_MS],
    ['far back', -1000 * DAY_MS],
  ])('%s: pages of a search neither lose nor repeat runs', async (way, jump) => {
    const { post, get } = tracked
    const experiment_id = await tracked.createExperiment(way)
    const run = async () => {
      const { status, body } = await post('runs/create', { experiment_id })
      expect(status).toBe(200)
      return body.run.info.run_id as string
    }
    const runs = [await run(), await run()]
    const search = { experiment_ids: [experiment_id], max_results: 1 }
    const first = (await post('runs/search', search)).body
    time += jump
    runs.push(await run())
    const found: string[] = []
    for (let page = first; page; ) {
      found.push(...page.runs.map((one: { info: { run_id: string } }) => one.info.run_id))
      const page_token = page.next_page_token
      page = page_token && (await post('runs/search', { ...search, page_token })).body
    }
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(runs.slice(0, 2)))
    for (const run_id of runs) {
      const metric = { run_id, key: 'loss', value: 1, timestamp: time, step: 1 }
      expect((await post('runs/log-metric', metric)).status).toBe(200)
      expect((await post('runs/set-tag', { run_id, key: 'a', value: 'b' })).status).toBe(200)
      const update = await post('runs/update', { run_id, status: 'FINISHED', end_time: time })
      expect(update.status).toBe(200)
      expect((await get('runs/get', { run_id })).body.run).toMatchObject({
        info: { status: 'FINISHED' },
        data: { metrics: [{ key: 'loss', value: 1 }] },
      })
    }
    const { body } = await post('runs/search', { experiment_ids: [experiment_id] })
    expect(body.runs).toHaveLength(3)
  })

  test('records of a dataset keep their order of insertion', async () => {
    const send = (method: 'GET' | 'POST', path: string, payload?: object) =>
      tracked.app.inject({ method, url: `/api/3.0/mlflow/datasets/${path}`, ...(payload && { payload }) })
    const { dataset } = (await send('POST', 'create', { name: 'ds' })).json()
    for (const [i, jump] of [0, -DAY_MS, DAY_MS, -2 * DAY_MS].entries()) {
      time += jump
      const records = JSON.stringify([{ inputs: { i } }])
      expect((await send('POST', `${dataset.dataset_id}/records`, { records })).statusCode).toBe(200)
    }
    const { records } = (await send('GET', `${dataset.dataset_id}/records`)).json()
    expect(JSON.parse(records).map(({ inputs }: { inputs: object }) => inputs)).toEqual(
      [0, 1, 2, 3].map((i) => ({ i })),
    )
  })
})
