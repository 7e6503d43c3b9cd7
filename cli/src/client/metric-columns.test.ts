import type { Run } from '@cairn/platform/protocol/mlflow/runs'
import { expect, test } from 'vitest'
import { usualMetrics } from './metric-columns.js'

const run = (...keys: string[]) =>
  ({ data: { metrics: keys.map((key) => ({ key, value: 1 })) } }) as unknown as Run

test('shows the usual metrics that a run has, or else those that most runs have', () => {
  expect(usualMetrics([run('loss', 'ndcg_at_10'), run('loss')])).toEqual(['ndcg_at_10'])
  expect(usualMetrics([run('d', 'b'), run('c', 'b'), run('a', 'c')])).toEqual(['b', 'c', 'a'])
  expect(usualMetrics([run()])).toEqual([])
})
