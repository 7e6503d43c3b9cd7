import { expect, test } from 'vitest'
import { directionOf } from './direction.js'

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
