import { invalid } from '@cairn/platform/errors'

const { fround } = Math

/** Link function of an objective: relates margins, the sums of the trees, to predictions. */
interface Link {
  /** Converts a base score to a margin. */
  readonly margin: (score: number) => number
  /** Converts the margins of one row to predictions, in place; absent if they are the predictions. */
  readonly transform?: (row: Float32Array) => void
  /** The prediction is the class with the largest margin. */
  readonly picksClass?: true
}

const identity = (score: number) => score
const logarithm = (score: number) => fround(Math.log(score))

/** Like XGBoost ≥ 3.1, clamps probabilities so that the margin is finite. */
function logit(score: number): number {
  const probability = Math.min(Math.max(score, fround(1e-6)), fround(1 - fround(1e-6)))
  return fround(-fround(Math.log(fround(fround(1 / probability) - 1))))
}

const each = (compute: (margin: number) => number) => (row: Float32Array) => {
  for (let output = 0; output < row.length; output++) row[output] = compute(row[output]!)
}

/** Rounds to float32 after every step and prevents overflow of e^−x. */
function sigmoid(margin: number): number {
  const exponential = fround(Math.exp(Math.min(-margin, fround(88.7))))
  return fround(1 / fround(fround(exponential + 1) + fround(1e-16)))
}

/** Like XGBoost, sums in float64. */
function softmax(row: Float32Array): void {
  let largest = row[0]!
  for (const margin of row) largest = Math.max(largest, margin)
  let sum = 0
  for (let output = 0; output < row.length; output++) {
    row[output] = Math.exp(fround(row[output]! - largest))
    sum += row[output]!
  }
  const divisor = fround(sum)
  for (let output = 0; output < row.length; output++) row[output]! /= divisor
}

const RAW: Link = { margin: identity }
const LOGISTIC: Link = { margin: logit, transform: each(sigmoid) }
const LOGARITHMIC: Link = { margin: logarithm, transform: each((margin) => fround(Math.exp(margin))) }

const LINKS: Readonly<Record<string, Link>> = {
  'reg:squarederror': RAW,
  'reg:linear': RAW,
  'reg:squaredlogerror': RAW,
  'reg:pseudohubererror': RAW,
  'reg:absoluteerror': RAW,
  'reg:quantileerror': RAW,
  'reg:logistic': LOGISTIC,
  'binary:logistic': LOGISTIC,
  'binary:logitraw': RAW,
  'binary:hinge': { margin: identity, transform: each((margin) => (margin > 0 ? 1 : 0)) },
  'count:poisson': LOGARITHMIC,
  'reg:gamma': LOGARITHMIC,
  'reg:tweedie': LOGARITHMIC,
  'survival:cox': LOGARITHMIC,
  'survival:aft': LOGARITHMIC,
  'multi:softprob': { margin: identity, transform: softmax },
  'multi:softmax': { margin: identity, picksClass: true },
  'rank:pairwise': RAW,
  'rank:ndcg': RAW,
  'rank:map': RAW,
}

/** @throws INVALID_PARAMETER_VALUE for an unsupported objective */
export function requireObjective(objective: string, name: string): Link {
  if (!Object.hasOwn(LINKS, objective))
    throw invalid(
      `${name}: objective '${objective.slice(0, 100)}' is not one of ${Object.keys(LINKS).join(', ')}`,
    )
  return LINKS[objective]!
}
