import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DatasetClient, datasetClient } from '../testing/dataset-client.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const TIME = 1_700_000_000_000

describe.each(databases)('searches of evaluation datasets on %s', (_name, database) => {
  let tracked: TrackingApp
  let datasets: DatasetClient
  let experiment: string
  beforeAll(async () => {
    let time = TIME
    tracked = await trackingApp(database, () => time)
    datasets = datasetClient(tracked)
    experiment = await datasets.createExperiment()
    for (const [i, team] of ['ml', 'data', 'ml'].entries()) {
      time = TIME + i
      await datasets.create({
        name: `s${i}`,
        experiment_ids: [experiment],
        tags: JSON.stringify({ team }),
        ...(i === 0 && { created_by: 'me' }),
      })
    }
    await datasets.create({ name: 'of no experiment' })
  })
  afterAll(() => tracked.close())

  const search = async (query: object) => {
    const { body } = await datasets.send('POST', 'datasets/search', {
      experiment_ids: [experiment],
      ...query,
    })
    return body.datasets?.map(({ name }: { name: string }) => name) ?? body.message
  }

  test.each<[string, object, unknown]>([
    ['the latest first', {}, ['s2', 's1', 's0']],
    ['by name', { order_by: ['name ASC'] }, ['s0', 's1', 's2']],
    ['by a tag', { filter_string: "tags.team = 'ml'" }, ['s2', 's0']],
    ['by name and time', { filter_string: `name LIKE 's%' AND created_time < ${TIME + 2}` }, ['s1', 's0']],
    ['by its creator', { filter_string: "created_by = 'me'" }, ['s0']],
    ['by missing names', { filter_string: "name = 'S0'" }, 'none'],
    ['case-insensitively', { filter_string: "name ILIKE 'S0'" }, ['s0']],
    ['with OR', { filter_string: "name = 's0' OR tags.team = 'data'" }, ['s1', 's0']],
    [
      'by an unknown key',
      { filter_string: "foo = 'a'" },
      expect.stringContaining("Invalid attribute key 'foo' specified. Valid keys are"),
    ],
    [
      'ordered by a tag',
      { order_by: ['tags.team'] },
      expect.stringContaining('Invalid order_by entity: tag'),
    ],
    ['with a page size of 0, the default of clients', { max_results: 0 }, ['s2', 's1', 's0']],
    ['with a negative page size', { max_results: -1 }, expect.stringContaining("parameter 'max_results'")],
    ['with a page size that is too large', { max_results: 50_001 }, expect.stringContaining('at most 50000')],
  ])('%s', async (_case, query, expected) => {
    expect((await search(query)) ?? 'none').toEqual(expected)
  })

  test('pages, also with GET', async () => {
    const seen: string[] = []
    for (let token: string | undefined = ''; token !== undefined; ) {
      const { body } = await datasets.send(
        'GET',
        `datasets/search?experiment_ids=${experiment}&max_results=2&page_token=${token}`,
      )
      seen.push(...body.datasets.map(({ name }: { name: string }) => name))
      token = body.next_page_token
    }
    expect(seen).toEqual(['s2', 's1', 's0'])
  })

  test('searches all experiments by default', async () => {
    const { body } = await datasets.send('POST', 'datasets/search', {})
    expect(body.datasets).toHaveLength(4)
  })
})
