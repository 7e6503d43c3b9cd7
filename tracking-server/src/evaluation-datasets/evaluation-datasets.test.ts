import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DatasetClient, datasetClient } from '../testing/dataset-client.js'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const TIME = 1_700_000_000_000

describe.each(databases)('evaluation datasets on %s', (_name, database) => {
  let tracked: TrackingApp
  let datasets: DatasetClient
  let time = TIME
  beforeAll(async () => {
    tracked = await trackingApp(database, () => time)
    datasets = datasetClient(tracked)
  })
  afterAll(() => tracked.close())
  beforeEach(() => {
    time = TIME
  })

  test('creates and reads datasets like MLflow', async () => {
    const experiment = await datasets.createExperiment()
    const dataset = await datasets.create({
      experiment_ids: [experiment],
      tags: '{"a":"b", "mlflow.user": "me"}',
    })
    expect(dataset).toEqual({
      dataset_id: expect.stringMatching(/^d-[0-9a-f]{32}$/),
      name: 'ds',
      tags: '{"a": "b", "mlflow.user": "me"}',
      digest: expect.stringMatching(/^[0-9a-f]{8}$/),
      created_time: TIME,
      last_update_time: TIME,
      created_by: 'me',
      last_updated_by: 'me',
      experiment_ids: [experiment],
    })
    const { experiment_ids: _, ...rest } = dataset
    expect(await datasets.get(dataset.dataset_id)).toEqual(rest)
  })

  test('sets and deletes tags without changing others', async () => {
    const { dataset_id } = await datasets.create({ tags: '{"env":"dev","initial":"value"}' })
    const tags = JSON.stringify({ env: 'staging', number: 1.5, unset: null, list: ['a'] })
    expect(await datasets.send('PATCH', `datasets/${dataset_id}/tags`, { tags })).toEqual({
      status: 200,
      body: {},
    })
    expect(JSON.parse((await datasets.get(dataset_id)).tags)).toEqual({
      env: 'staging',
      initial: 'value',
      number: '1.5',
      list: '["a"]',
    })
    for (let i = 0; i < 2; i++)
      expect((await datasets.send('DELETE', `datasets/${dataset_id}/tags/number`)).status).toBe(200)
    expect((await datasets.get(dataset_id)).tags).toBe(
      '{"env": "staging", "initial": "value", "list": "[\\"a\\"]"}',
    )
  })

  test('keeps the last of tags whose names are equal after cleaning', async () => {
    const { dataset_id } = await datasets.create({ tags: '{"\\ud800": "a", "\\u0000": "b"}' })
    expect((await datasets.get(dataset_id)).tags).toBe('{"\ufffd": "b"}')
  })

  test('deletes a dataset with its records, idempotently', async () => {
    const { dataset_id } = await datasets.create()
    await datasets.put(dataset_id, [{ inputs: { q: 1 } }])
    for (let i = 0; i < 2; i++)
      expect((await datasets.send('DELETE', `datasets/${dataset_id}`)).status).toBe(200)
    expect(await datasets.send('GET', `datasets/${dataset_id}`)).toMatchObject({
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Evaluation dataset with id '${dataset_id}' not found`,
      },
    })
    expect((await datasets.send('GET', `datasets/${dataset_id}/records`)).status).toBe(404)
  })

  test('adds and removes experiments', async () => {
    const [one, two, three] = [
      await datasets.createExperiment(),
      await datasets.createExperiment(),
      await datasets.createExperiment(),
    ]
    const { dataset_id } = await datasets.create({ experiment_ids: [two] })
    const ids = async () =>
      (await datasets.send('GET', `datasets/${dataset_id}/experiment-ids`)).body.experiment_ids
    const change = (what: string, experiment_ids: string[], id = dataset_id) =>
      datasets.send('POST', `datasets/${id}/${what}-experiments`, { experiment_ids })
    time += 1
    expect((await change('add', [one, two, three])).body.dataset).toMatchObject({
      dataset_id,
      last_update_time: TIME + 1,
    })
    expect(await ids()).toEqual([two, one, three])
    expect((await change('remove', [two, three, '0'])).status).toBe(200)
    expect(await ids()).toEqual([one])
    await change('remove', [one])
    expect(await ids()).toBeUndefined()
    expect((await change('add', [one, '99999'])).body.message).toBe('No Experiment with id=99999 exists')
    expect((await change('add', ['x'])).status).toBe(400)
    expect((await change('add', [one], 'd-none')).status).toBe(404)
    expect((await change('remove', [one], 'd-none')).status).toBe(404)
  })

  test.each<[string, object]>([
    ['a missing name', {}],
    ['a name of 256 characters', { name: 'x'.repeat(256) }],
    ['tags that are not JSON', { name: 'a', tags: '{' }],
    ['tags that are a list', { name: 'a', tags: '[]' }],
    ['a tag of 5001 characters', { name: 'a', tags: JSON.stringify({ a: 'x'.repeat(5001) }) }],
  ])('rejects %s', async (_case, dataset) => {
    expect(await datasets.send('POST', 'datasets/create', dataset)).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    })
  })
})
