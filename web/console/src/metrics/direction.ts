/** Metrics whose key has one of these words are better when lower. */
const LOWER = new Set([
  ...['loss', 'logloss', 'error', 'errors', 'err', 'rmse', 'rmsle', 'mse', 'msle', 'mae', 'mape', 'smape'],
  ...['perplexity', 'ppl', 'wer', 'cer', 'brier', 'latency', 'duration', 'time', 'ms', 'seconds'],
])

/** Metrics with one of these words, and none of the above, are better when higher. */
const HIGHER = new Set([
  ...[
    'precision',
    'recall',
    'ndcg',
    'hr',
    'hits',
    'mrr',
    'map',
    'auc',
    'auroc',
    'auprc',
    'accuracy',
    'acc',
    'f1',
  ],
  ...['r2', 'bleu', 'rouge', 'reward', 'iou', 'dice', 'throughput'],
])

/** `valLoss`, `val/loss` and `val_loss` have the same words. */
const wordsOf = (metric: string) =>
  metric
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)

/** 1 if higher is better, −1 if lower is better, 0 if unknown. */
export function directionOf(metric: string): 1 | 0 | -1 {
  const words = wordsOf(metric)
  if (words.some((word) => LOWER.has(word))) return -1
  return words.some((word) => HIGHER.has(word)) ? 1 : 0
}
