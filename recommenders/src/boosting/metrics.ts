import { dcg, idealDcg } from './ndcg.js'
import type { BoosterParams } from './params.js'

/** What a metric is computed from. Margins of output k begin k · stride numbers after the first. */
export interface Scored {
  readonly margins: Float32Array
  readonly stride: number
  readonly labels: Float32Array
  /** One a row, or one a group. */
  readonly weights: Float32Array | undefined
  /** Where each group begins, and where the last ends. */
  readonly offsets: Int32Array
  readonly params: BoosterParams
}

export interface Metric {
  readonly name: string
  readonly higherIsBetter: boolean
  readonly of: (scored: Scored) => number
}

const DEFAULTS: Readonly<Record<BoosterParams['objective'], string>> = {
  'binary:logistic': 'logloss',
  'reg:squarederror': 'rmse',
  'multi:softprob': 'mlogloss',
  'rank:ndcg': 'ndcg',
}

const LOSSES: Readonly<Record<string, (scored: Scored) => number>> = { logloss, rmse, mlogloss }

/** As XGBoost defines it; without a name the one of the objective, cut at its number of pairs for ranking. */
export function metricOf(params: BoosterParams): Metric {
  const { eval_metric, objective, lambdarank_num_pair_per_sample: pairs } = params
  const name = eval_metric || (objective === 'rank:ndcg' ? `ndcg@${pairs}` : DEFAULTS[objective])
  const loss = LOSSES[name]
  if (loss) return { name, higherIsBetter: false, of: loss }
  if (name === 'auc') return { name, higherIsBetter: true, of: auc }
  const most = Number(name.split('@')[1] ?? Number.POSITIVE_INFINITY)
  return { name, higherIsBetter: true, of: (scored) => ndcg(scored, most) }
}

const weightOf = ({ weights }: Scored, at: number) => (weights ? weights[at]! : 1)

function weightedMean(scored: Scored, of: (row: number) => number): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < scored.labels.length; row++) {
    sum += weightOf(scored, row) * of(row)
    total += weightOf(scored, row)
  }
  return sum / total
}

const EPSILON = 1e-16
/** log(1 + e^x), for large x too. */
const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))

function logloss(scored: Scored): number {
  const { margins, labels } = scored
  return weightedMean(scored, (row) => softplus(margins[row]!) - labels[row]! * margins[row]!)
}

function rmse(scored: Scored): number {
  const { margins, labels } = scored
  return Math.sqrt(weightedMean(scored, (row) => (margins[row]! - labels[row]!) ** 2))
}

function mlogloss(scored: Scored): number {
  const { margins, labels, stride, params } = scored
  return weightedMean(scored, (row) => {
    let sum = 0
    const own = margins[labels[row]! * stride + row]!
    for (let output = 0; output < params.num_class; output++)
      sum += Math.exp(margins[output * stride + row]! - own)
    return Math.min(Math.log(sum), -Math.log(EPSILON))
  })
}

/** Area under the ROC curve; rows of equal margin count half. */
function auc(scored: Scored): number {
  const { margins, labels } = scored
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => margins[a]! - margins[b]!)
  let [negatives, positives, area] = [0, 0, 0]
  for (let at = 0; at < order.length; ) {
    const margin = margins[order[at]!]!
    let [tiedNegatives, tiedPositives] = [0, 0]
    for (; at < order.length && margins[order[at]!] === margin; at++) {
      const row = order[at]!
      tiedPositives += weightOf(scored, row) * labels[row]!
      tiedNegatives += weightOf(scored, row) * (1 - labels[row]!)
    }
    area += tiedPositives * (negatives + tiedNegatives / 2)
    negatives += tiedNegatives
    positives += tiedPositives
  }
  return area / (negatives * positives)
}

/** A group without a relevant row counts as 1. */
function ndcg(scored: Scored, most: number): number {
  const { margins, labels, offsets, params } = scored
  let [sum, total] = [0, 0]
  for (let group = 0; group + 1 < offsets.length; group++) {
    const mine = labels.subarray(offsets[group], offsets[group + 1])
    const scores = margins.subarray(offsets[group], offsets[group + 1])
    const ideal = idealDcg(mine, most, params.ndcg_exp_gain)
    const ranked = Array.from(mine.keys()).sort((a, b) => scores[b]! - scores[a]!)
    const gained =
      ideal > 0
        ? dcg(
            ranked.map((row) => mine[row]!),
            most,
            params.ndcg_exp_gain,
          ) / ideal
        : 1
    sum += weightOf(scored, group) * gained
    total += weightOf(scored, group)
  }
  return sum / total
}
