import { expect, test } from 'vitest'
import { byQuality, directionOf } from './direction.js'

test('reads the direction of a metric from a word of its key', () => {
  const lower = ['loss', 'train/loss', 'valLoss', 'rmse', 'serving_cpu_ms', 'error_rate', 'test.log_loss']
  expect(lower.map(directionOf)).toEqual(lower.map(() => -1))
  const higher = ['precision_at_10', 'val/ndcg@10', 'testAccuracy', 'roc_auc', 'f1', 'R2']
  expect(higher.map(directionOf)).toEqual(higher.map(() => 1))
})

test('knows no direction for parts of words and for metrics without one', () => {
  const unknown = ['novelty_at_10', 'glossary_size', 'timestamp', 'maps', 'epoch', '']
  expect(unknown.map(directionOf)).toEqual(unknown.map(() => 0))
})

test('puts metrics of quality before others, and those on held-out data first', () => {
  expect(byQuality(['clip', 'step_time', 'loss', 'latency_ms', 'val/acc', 'epoch', 'test_loss'])).toEqual([
    ...['val/acc', 'test_loss', 'loss'],
    ...['clip', 'step_time', 'latency_ms', 'epoch'],
  ])
})
