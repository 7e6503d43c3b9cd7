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

/** Words of metrics that measure cost instead of quality. */
const COST = new Set(['latency', 'duration', 'time', 'ms', 'seconds', 'throughput'])

/** Words of metrics that are measured on other data than those of training. */
const HELD_OUT = new Set(['val', 'valid', 'validation', 'test', 'eval', 'dev', 'holdout'])

/** `valLoss`, `val/loss` and `val_loss` have the same words. */
const wordsOf = (metric: string) =>
  metric
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)

/** How much a metric says about the quality of a model: 2 on held-out data, 1 on other data, 0 if unknown. */
function qualityRank(metric: string): 0 | 1 | 2 {
  const words = wordsOf(metric)
  if (directionOf(metric) === 0 || words.some((word) => COST.has(word))) return 0
  return words.some((word) => HELD_OUT.has(word)) ? 2 : 1
}

/** Metrics of quality first, those on held-out data before others, and otherwise in the given order. */
export function byQuality(metrics: readonly string[]): string[] {
  const ranks = new Map(metrics.map((metric) => [metric, qualityRank(metric)]))
  return [...metrics].sort((a, b) => ranks.get(b)! - ranks.get(a)!)
}

/** 1 if higher is better, −1 if lower is better, 0 if unknown. */
export function directionOf(metric: string): 1 | 0 | -1 {
  const words = wordsOf(metric)
  if (words.some((word) => LOWER.has(word))) return -1
  return words.some((word) => HIGHER.has(word)) ? 1 : 0
}
