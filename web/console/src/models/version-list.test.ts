import { createInstance } from 'i18next'
import { expect, test } from 'vitest'
import type { ModelVersion } from '../api/models.js'
import { HEADLINE_METRICS } from '../metrics/metric-name.js'
import { toRow } from '../runs/row.js'
import { foundVersions, shownMetrics, tableOfVersions } from './version-list.js'

const version = (number: number, more: Partial<ModelVersion> = {}) =>
  ({
    ...{ name: 'movies', version: String(number), current_stage: 'None', run_id: `r${number}` },
    ...{ creation_timestamp: 1_700_000_000_000, ...more },
  }) as ModelVersion
const versions = [
  version(12, { description: 'Trained on **2024**' }),
  version(3, { tags: [{ key: 'team', value: 'search' }] }),
  version(1, { current_stage: 'Production' }),
]
const aliases = [{ alias: 'champion', version: '3' }]

test.each([
  ['', ['12', '3', '1']],
  ['v1', ['12', '1']],
  ['@champ', ['3']],
  ['2024', ['12']],
  ['SEARCH', ['3']],
  ['production', ['1']],
  ['nothing', []],
])('%j finds the versions %j', (search, found) => {
  expect(foundVersions(versions, aliases, search).map((one) => one.version)).toEqual(found)
})

test('the table has each version with its aliases, metrics, run and time', async () => {
  const i18n = createInstance()
  await i18n.init({ lng: 'cimode', resources: {} })
  const run = {
    info: { run_id: 'r3', run_name: 'als', experiment_id: '1', status: 'FINISHED', start_time: 1 },
    data: { metrics: [{ key: 'precision_at_10', value: 0.25, step: 0, timestamp: 1 }] },
  } as unknown as Parameters<typeof toRow>[0]
  const { rows } = tableOfVersions(versions, aliases, new Map([['r3', toRow(run)]]), HEADLINE_METRICS, i18n.t)
  expect(rows[1]).toEqual([3, 'champion', 0.25, undefined, undefined, 'als', '2023-11-14T22:13:20.000Z'])
  expect(rows[2]!.slice(0, 2)).toEqual([1, ''])
  expect(rows[2]!.at(-2)).toBe('r1')
})

test.each([
  [['precision_at_10', 'loss'], [...HEADLINE_METRICS]],
  [
    ['system/cpu', 'loss', 'f1', 'f1_ci_low', 'auc', 'rmse'],
    ['auc', 'f1', 'loss'],
  ],
  [[], []],
])('of runs with the metrics %j the table shows %j', (keys, shown) => {
  const metrics = new Map(keys.map((key) => [key, 1]))
  expect(shownMetrics([{ metrics } as never])).toEqual(shown)
})
