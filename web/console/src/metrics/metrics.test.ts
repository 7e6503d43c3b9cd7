import { expect, test } from 'vitest'
import { compareMetricKeys, metricLabel, rankingMetric } from './metric-name.js'
import { parseProtocol } from './protocol.js'

test('shortens names of ranking metrics and keeps others', () => {
  expect(
    ['precision_at_10', 'recall_capped_at_5', 'loo_hr_at_10', 'train_loss', 'constructor_at_10'].map(
      metricLabel,
    ),
  ).toEqual(['P@10', 'R capped@5', 'HR@10 LOO', 'train_loss', 'constructor_at_10'])
})

test('returns the protocol of a metric with a protocol prefix', () => {
  expect(rankingMetric('loo_ndcg_at_10')).toEqual({
    prefix: 'loo_',
    name: 'ndcg',
    k: 10,
    protocol: 'loo.full.seenfiltered.v1',
  })
  expect(rankingMetric('recall_capped_at_10')).toEqual({ name: 'recall_capped', k: 10, prefix: '' })
})

test('sorts key metrics first and system metrics last', () => {
  const keys = [
    'system/cpu',
    'accuracy',
    'gts_precision_at_10',
    'ndcg_at_10',
    'precision_at_10',
    'recall_at_10',
  ]
  expect(keys.sort(compareMetricKeys)).toEqual([
    'precision_at_10',
    'recall_at_10',
    'ndcg_at_10',
    'gts_precision_at_10',
    'accuracy',
    'system/cpu',
  ])
})

test('parses a protocol id and reports unknown parts as other', () => {
  expect(parseProtocol('gts.q90.last.full.seenfiltered.v1')).toEqual({
    split: 'gts',
    quantile: 90,
    candidates: 'full',
    lastOnly: true,
    seenFiltered: true,
    inflated: false,
  })
  expect(parseProtocol('mine.v2')).toEqual({
    split: 'other',
    candidates: 'other',
    lastOnly: false,
    seenFiltered: false,
    inflated: false,
  })
  const read = (id: string) => {
    const { split, candidates, seenFiltered, inflated } = parseProtocol(id)
    return [split, candidates, seenFiltered, inflated]
  }
  expect(read('strong.full.v1')).toEqual(['strong', 'full', true, false])
  expect(read('loo.pop100.v1')).toEqual(['loo', 'sampled', true, false])
  expect(read('rated-only.v1')).toEqual(['rated', 'own', true, false])
  expect(read('inflated.a.uni100.v1')).toEqual(['loo', 'sampled', true, true])
  expect(read('inflated.c.rated.v1')).toEqual(['rated', 'own', true, true])
})

test('orders metric_2 before metric_10', () => {
  expect(['metric_10', 'metric_2', 'precision_at_10'].sort(compareMetricKeys)).toEqual([
    'precision_at_10',
    'metric_2',
    'metric_10',
  ])
})
