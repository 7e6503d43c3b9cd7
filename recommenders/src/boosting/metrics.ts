import { dcg, idealDcg } from './ndcg.js'
import type { BoosterParams } from './parameters.js'

/** The input of a metric. The margins of output k start at k · stride. */
export interface MetricInput {
  readonly margins: Float32Array
  readonly stride: number
  readonly labels: Float32Array
  /** One per row, or one per group. */
  readonly weights: Float32Array | undefined
  /** The first row of each group and the end of the last. */
  readonly offsets: Int32Array
  readonly params: BoosterParams
}

export interface Metric {
  readonly name: string
  readonly higherIsBetter: boolean
  readonly of: (input: MetricInput) => number
}

const DEFAULTS: Readonly<Record<BoosterParams['objective'], string>> = {
  'binary:logistic': 'logloss',
  'reg:squarederror': 'rmse',
  'multi:softprob': 'mlogloss',
  'rank:ndcg': 'ndcg',
}

const LOSSES: Readonly<Record<string, (input: MetricInput) => number>> = { logloss, rmse, mlogloss }

/** The metrics of XGBoost. The default is that of the objective; for ranking, NDCG at the number of pairs. */
export function metricOf(params: BoosterParams): Metric {
  const { eval_metric, objective, lambdarank_num_pair_per_sample: pairs } = params
  const name = eval_metric || (objective === 'rank:ndcg' ? `ndcg@${pairs}` : DEFAULTS[objective])
  const loss = LOSSES[name]
  if (loss) return { name, higherIsBetter: false, of: loss }
  if (name === 'auc') return { name, higherIsBetter: true, of: auc }
  const most = Number(name.split('@')[1] ?? Number.POSITIVE_INFINITY)
  return { name, higherIsBetter: true, of: (input) => ndcg(input, most) }
}

const weightOf = ({ weights }: MetricInput, at: number) => (weights ? weights[at]! : 1)

function weightedMean(input: MetricInput, of: (row: number) => number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < input.labels.length; row++) {
    sum += weightOf(input, row) * of(row)
    total += weightOf(input, row)
  }
  return sum / total
}

const EPSILON = 1e-16
/** log(1 + e^x), stable for large x. */
const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))

function logloss(input: MetricInput): number {
  const { margins, labels } = input
  return weightedMean(input, (row) => softplus(margins[row]!) - labels[row]! * margins[row]!)
}

function rmse(input: MetricInput): number {
  const { margins, labels } = input
  return Math.sqrt(weightedMean(input, (row) => (margins[row]! - labels[row]!) ** 2))
}

function mlogloss(input: MetricInput): number {
  const { margins, labels, stride, params } = input
  return weightedMean(input, (row) => {
    let sum = 0
    const own = margins[labels[row]! * stride + row]!
    for (let output = 0; output < params.num_class; output++)
      sum += Math.exp(margins[output * stride + row]! - own)
    return Math.min(Math.log(sum), -Math.log(EPSILON))
  })
}

/** Area under the ROC curve; pairs of equal margin count half. */
function auc(input: MetricInput): number {
  const { margins, labels } = input
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => margins[a]! - margins[b]!)
  let [negatives, positives, area] = [0, 0, 0]
  for (let at = 0; at < order.length; ) {
    const margin = margins[order[at]!]!
    let [tiedNegatives, tiedPositives] = [0, 0]
    for (; at < order.length && margins[order[at]!] === margin; at++) {
      const row = order[at]!
      tiedPositives += weightOf(input, row) * labels[row]!
      tiedNegatives += weightOf(input, row) * (1 - labels[row]!)
    }
    area += tiedPositives * (negatives + tiedNegatives / 2)
    negatives += tiedNegatives
    positives += tiedPositives
  }
  return area / (negatives * positives)
}

/** A group without a relevant row counts as 1. */
function ndcg(input: MetricInput, most: number): number {
  const { margins, labels, offsets, params } = input
  let [sum, total] = [0, 0]
  for (let group = 0; group + 1 < offsets.length; group++) {
    const own = labels.subarray(offsets[group], offsets[group + 1])
    const scores = margins.subarray(offsets[group], offsets[group + 1])
    const ideal = idealDcg(own, most, params.ndcg_exp_gain)
    const ranked = Array.from(own.keys()).sort((a, b) => scores[b]! - scores[a]!)
    const gained =
      ideal > 0
        ? dcg(
            ranked.map((row) => own[row]!),
            most,
            params.ndcg_exp_gain,
          ) / ideal
        : 1
    sum += weightOf(input, group) * gained
    total += weightOf(input, group)
  }
  return sum / total
}
