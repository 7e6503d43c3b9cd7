import { expect, test } from 'vitest'
import type { LoggedModel } from '../api/logged-models.js'
import { metricColumns, metricOf, metricsByDataset, versionsOf } from './model-facts.js'

const metric = (key: string, value: number, timestamp: number, dataset_name?: string) => ({
  ...{ key, value, timestamp, step: 0, model_id: 'm', run_id: 'r' },
  ...(dataset_name && { dataset_name, dataset_digest: 'd' }),
})
const model = (tag: string) =>
  ({
    info: { tags: [{ key: 'mlflow.modelVersions', value: tag }] },
    data: {
      metrics: [
        metric('p', 1, 1, 'test'),
        metric('p', 2, 2, 'test'),
        metric('p', 3, 1),
        metric('loss', 4, 1),
      ],
    },
  }) as unknown as LoggedModel

test('has the latest value of each metric on each dataset', () => {
  const columns = metricColumns([model('')])
  expect(columns).toEqual([
    { key: 'loss', dataset: '' },
    { key: 'p', dataset: '' },
    { key: 'p', dataset: 'test' },
  ])
  expect(metricOf(model(''), columns[2]!)?.value).toBe(2)
  expect(
    metricsByDataset(model('')).map(([name, metrics]) => [name, metrics.map(({ value }) => value)]),
  ).toEqual([
    ['', [4, 3]],
    ['test', [2]],
  ])
})

test('reads the registered versions, and nothing from another text', () => {
  expect(
    versionsOf(model('[{"name": "films", "version": 2}, {"name": "films", "version": "2"}, {"x": 1}]')),
  ).toEqual([{ name: 'films', version: '2' }])
  expect([versionsOf(model('x')), versionsOf(model('{}'))]).toEqual([[], []])
})
