import { invalid } from '@cairn/platform/errors'

const { fround } = Math

/** How an objective relates margins, which trees add up, to predictions. */
interface Link {
  /** The margin of a base score. */
  readonly margin: (score: number) => number
  /** SerialQueue the margins of one row into what is predicted, in place; absent where they are the prediction. */
  readonly transform?: (row: Float32Array) => void
  /** The row becomes one number: the class with the largest margin. */
  readonly chooses?: true
}

const identity = (score: number) => score
const logarithm = (score: number) => fround(Math.log(score))

/** Saturated probabilities are kept finite, as XGBoost ≥ 3.1 does. */
function logit(score: number): number {
  const probability = Math.min(Math.max(score, fround(1e-6)), fround(1 - fround(1e-6)))
  return fround(-fround(Math.log(fround(fround(1 / probability) - 1))))
}

const each = (compute: (margin: number) => number) => (row: Float32Array) => {
  for (let output = 0; output < row.length; output++) row[output] = compute(row[output]!)
}

/** Float32 after every step, and no overflow of e^−x. */
function sigmoid(margin: number): number {
  const exponential = fround(Math.exp(Math.min(-margin, fround(88.7))))
  return fround(1 / fround(fround(exponential + 1) + fround(1e-16)))
}

/** Sums in float64, as XGBoost does. */
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
  'multi:softmax': { margin: identity, chooses: true },
  'rank:pairwise': RAW,
  'rank:ndcg': RAW,
  'rank:map': RAW,
}

/** @throws INVALID_PARAMETER_VALUE for an objective whose predictions nobody here can compute. */
export function requireObjective(objective: string, name: string): Link {
  if (!Object.hasOwn(LINKS, objective))
    throw invalid(
      `${name}: objective '${objective.slice(0, 100)}' is not one of ${Object.keys(LINKS).join(', ')}`,
    )
  return LINKS[objective]!
}
