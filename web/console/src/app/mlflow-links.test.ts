import { expect, test } from 'vitest'
import { idsOf, runsTable, runTab } from './mlflow-links.js'

test('reads the ids of a link, which are JSON or a list with commas', () => {
  expect(idsOf('["a","b"]')).toEqual(['a', 'b'])
  expect(idsOf('[1,2]')).toEqual(['1', '2'])
  expect(idsOf('a,b')).toEqual(['a', 'b'])
  for (const none of [undefined, '', '{}', '[]']) expect(idsOf(none)).toEqual([])
})

test('reads the tab of a run, and the path of an artifact with folders', () => {
  expect(runTab('model-metrics', '')).toEqual({ tab: 'curves' })
  expect(runTab('system-metrics', '')).toEqual({ tab: 'system' })
  expect(runTab('artifacts', '')).toEqual({ tab: 'artifacts' })
  expect(runTab('artifacts', 'model/MLmodel')).toEqual({ tab: 'artifacts', path: 'model/MLmodel' })
  expect(runTab('artifactPath', 'a b.txt')).toEqual({ tab: 'artifacts', path: 'a b.txt' })
  for (const other of ['', 'overview', 'toString']) expect(runTab(other, 'x')).toEqual({})
})

test('reads filter, order, deleted runs and charts of an experiment', () => {
  expect(
    runsTable({
      searchFilter: 'metrics.loss < 1',
      orderByKey: 'metrics.`val loss`',
      orderByAsc: 'true',
      lifecycleFilter: 'Deleted',
      compareRunsMode: 'CHART',
    }),
  ).toEqual({ filter: 'metrics.loss < 1', order: 'metrics.val loss asc', deleted: 'true', layout: 'both' })
  expect(runsTable({ lifecycleFilter: 'Active', orderByKey: 'attributes.start_time' })).toEqual({
    order: 'attributes.start_time desc',
  })
  expect(runsTable({ filter: 'x', startTime: 'ALL' })).toBeUndefined()
})
