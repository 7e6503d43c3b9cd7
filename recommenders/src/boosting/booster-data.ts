import { invalid } from '@cairn/platform/errors'
import { type BoosterParams, outputsOf } from './parameters.js'

/** A labelled table; NaN is a missing value. */
export interface BoosterData {
  /** Row-major, `labels.length` rows of `features` values. */
  readonly rows: Float32Array
  readonly features: number
  readonly names?: readonly string[]
  readonly labels: ArrayLike<number>
  /** Number of rows of each query, in row order; rank:ndcg compares rows within a query. */
  readonly groups?: ArrayLike<number>
  /** One per row; for rank:ndcg one per query. */
  readonly weights?: ArrayLike<number>
}

const MAX_GROUP = 1 << 21

/** Throws INVALID_PARAMETER_VALUE naming the field and, if applicable, the row. */
export function checkData(data: BoosterData, params: BoosterParams, what: string): void {
  const rows = data.labels.length
  if (!Number.isInteger(data.features) || data.features < 1)
    throw invalid(`${what}: 'features' must be a positive integer, not ${data.features}`)
  if (rows === 0) throw invalid(`${what}: no rows`)
  if (data.rows.length !== rows * data.features)
    throw invalid(
      `${what}: 'rows' has ${data.rows.length} values, not ${rows} × ${data.features} (labels × features)`,
    )
  if (data.names && data.names.length !== data.features)
    throw invalid(`${what}: 'names' has ${data.names.length} entries for ${data.features} features`)
  checkValues(data, what)
  checkLabels(data.labels, params, what)
  checkGroups(data, params, what)
  checkWeights(data, params, what)
}

function checkValues({ rows, features, names }: BoosterData, what: string): void {
  for (let at = 0; at < rows.length; at++) {
    const value = rows[at]!
    if (value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY) continue
    const feature = at % features
    throw invalid(
      `${what}: feature '${names?.[feature] ?? feature}' is ${value} in row ${Math.floor(at / features)}`,
    )
  }
}

function checkLabels(labels: ArrayLike<number>, params: BoosterParams, what: string): void {
  const [allowed, isAllowed] = labelsOf(params)
  for (let row = 0; row < labels.length; row++)
    if (!isAllowed(labels[row]!))
      throw invalid(`${what}: label ${labels[row]} of row ${row} is not ${allowed}`)
}

function labelsOf({
  objective,
  num_class,
  ndcg_exp_gain,
}: BoosterParams): [string, (label: number) => boolean] {
  if (objective === 'binary:logistic') return ['from 0 to 1', (label) => label >= 0 && label <= 1]
  if (objective === 'reg:squarederror')
    return ['a finite number', (label) => Number.isFinite(Math.fround(label))]
  if (objective === 'multi:softprob')
    return [`a class from 0 to ${num_class - 1}`, (label) => isNonNegativeInteger(label) && label < num_class]
  if (!ndcg_exp_gain)
    return ['a number of at least 0', (label) => label >= 0 && Number.isFinite(Math.fround(label))]
  return ['an integer from 0 to 31', (label) => isNonNegativeInteger(label) && label <= 31]
}

const isNonNegativeInteger = (label: number) => Number.isInteger(label) && label >= 0

function checkGroups({ groups, labels }: BoosterData, { objective }: BoosterParams, what: string): void {
  if (objective !== 'rank:ndcg') return
  if (!groups) throw invalid(`${what}: rank:ndcg needs 'groups', the number of rows of each query`)
  let rows = 0
  for (let group = 0; group < groups.length; group++) {
    const size = groups[group]!
    if (!isNonNegativeInteger(size) || size > MAX_GROUP)
      throw invalid(`${what}: group ${group} has ${size} rows; it must have 0 to ${MAX_GROUP}`)
    rows += size
  }
  if (rows !== labels.length)
    throw invalid(`${what}: 'groups' add up to ${rows} rows, but there are ${labels.length} labels`)
}

function checkWeights(
  { weights, groups, labels }: BoosterData,
  { objective }: BoosterParams,
  what: string,
): void {
  if (!weights) return
  const expected = objective === 'rank:ndcg' ? groups!.length : labels.length
  if (weights.length !== expected)
    throw invalid(
      `${what}: ${weights.length} weights for ${expected} ${objective === 'rank:ndcg' ? 'groups' : 'rows'}`,
    )
  let sum = 0
  for (let at = 0; at < weights.length; at++) {
    if (!(weights[at]! >= 0) || !Number.isFinite(Math.fround(weights[at]!)))
      throw invalid(`${what}: weight ${weights[at]} at ${at} is not a finite number of at least 0`)
    sum += weights[at]!
  }
  if (sum === 0) throw invalid(`${what}: all weights are 0`)
}

/** The first row of each group and the end of the last; [0] without groups. */
export function groupOffsets({ groups }: BoosterData): Int32Array {
  const offsets = new Int32Array((groups?.length ?? 0) + 1)
  for (let group = 0; group + 1 < offsets.length; group++)
    offsets[group + 1] = offsets[group]! + groups![group]!
  return offsets
}

/**
 * The initial margins, one per output, and the base scores in the form of the model file (a probability for
 * binary:logistic): the best constant prediction of the labels, computed as in XGBoost ≥ 3.1.
 */
export function baseScores(
  data: BoosterData,
  params: BoosterParams,
): { margins: number[]; scores: number[] } {
  const { objective, base_score } = params
  if (objective === 'binary:logistic') {
    const score = Math.min(Math.max(base_score ?? meanLabel(data), 1e-6), 1 - 1e-6)
    return { scores: [Math.fround(score)], margins: [logit(Math.fround(score))] }
  }
  const scores = base_score === null ? estimated(data, params) : Array(outputsOf(params)).fill(base_score)
  const margins = scores.map(Math.fround)
  return { margins, scores: margins }
}

/** Computed in float32, as scoring does. */
const logit = (probability: number) => Math.fround(-Math.log(Math.fround(Math.fround(1 / probability) - 1)))

function estimated(data: BoosterData, params: BoosterParams): number[] {
  if (params.objective === 'rank:ndcg') return [0]
  return params.objective === 'multi:softprob' ? centredPriors(data, params.num_class) : [meanLabel(data)]
}

function meanLabel({ labels, weights }: BoosterData): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1
    sum += weight * labels[row]!
    total += weight
  }
  return sum / total
}

function centredPriors({ labels, weights }: BoosterData, classes: number): number[] {
  const shares = new Array<number>(classes).fill(0)
  let total = 0
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1
    shares[labels[row]!]! += weight
    total += weight
  }
  const logs = shares.map((share) => Math.log(Math.max(share / total, 1e-6)))
  const mean = logs.reduce((sum, log) => sum + log, 0) / classes
  return logs.map((log) => log - mean)
}
