import { randomStream } from '@cairn/platform/statistics/random'
import { expect, test } from 'vitest'
import { metricOf } from './metrics.js'
import { type BoosterParams, resolveBoosterParams } from './parameters.js'

const random = randomStream(8)
const ROWS = 60
const numbers = (of: () => number) => Float32Array.from({ length: ROWS }, of)

function score(
  overrides: Partial<BoosterParams>,
  margins: Float32Array,
  labels: Float32Array,
  weights?: Float32Array,
) {
  const params = resolveBoosterParams(overrides)
  const offsets = Int32Array.from([0, 20, 40, ROWS])
  return metricOf(params).of({ params, margins, labels, weights, offsets, stride: ROWS })
}

test('defaults to the metric of the objective', () => {
  const names = (['binary:logistic', 'reg:squarederror', 'rank:ndcg'] as const).map(
    (objective) => metricOf(resolveBoosterParams({ objective })).name,
  )
  expect(names).toEqual(['logloss', 'rmse', 'ndcg@32'])
  expect(metricOf(resolveBoosterParams({ objective: 'multi:softprob', num_class: 3 })).name).toBe('mlogloss')
})

test('computes logloss and rmse as weighted means', () => {
  const [margins, labels, weights] = [
    numbers(() => random() * 4 - 2),
    numbers(() => Number(random() < 0.5)),
    numbers(random),
  ]
  const mean = (of: (row: number) => number) => {
    let [sum, total] = [0, 0]
    for (let row = 0; row < ROWS; row++) {
      sum += weights[row]! * of(row)
      total += weights[row]!
    }
    return sum / total
  }
  const loss = mean((row) => {
    const p = 1 / (1 + Math.exp(-margins[row]!))
    return labels[row] === 1 ? -Math.log(p) : -Math.log(1 - p)
  })
  expect(score({ eval_metric: 'logloss' }, margins, labels, weights)).toBeCloseTo(loss, 10)
  const squares = mean((row) => (margins[row]! - labels[row]!) ** 2)
  expect(score({ eval_metric: 'rmse' }, margins, labels, weights)).toBeCloseTo(Math.sqrt(squares), 10)
})

test('computes auc as the share of ordered pairs, ties counting half', () => {
  const [margins, labels] = [numbers(() => Math.floor(random() * 8)), numbers(() => Number(random() < 0.4))]
  let [ordered, pairs] = [0, 0]
  for (let a = 0; a < ROWS; a++)
    for (let b = 0; b < ROWS; b++) {
      if (labels[a] !== 1 || labels[b] !== 0) continue
      pairs++
      ordered += margins[a]! > margins[b]! ? 1 : margins[a] === margins[b] ? 0.5 : 0
    }
  expect(score({ eval_metric: 'auc' }, margins, labels)).toBeCloseTo(ordered / pairs, 12)
})

test('computes mlogloss as the mean −ln of the probability of the class', () => {
  const labels = numbers(() => Math.floor(random() * 3))
  const margins = Float32Array.from({ length: ROWS * 3 }, () => random() * 4 - 2)
  let sum = 0
  for (let row = 0; row < ROWS; row++) {
    const powers = [0, 1, 2].map((k) => Math.exp(margins[k * ROWS + row]!))
    sum -= Math.log(powers[labels[row]!]! / (powers[0]! + powers[1]! + powers[2]!))
  }
  expect(score({ objective: 'multi:softprob', num_class: 3 }, margins, labels)).toBeCloseTo(sum / ROWS, 6)
})

test('counts a group without relevant rows as 1 for ndcg and cuts at k', () => {
  const labels = new Float32Array(ROWS)
  labels.set([0, 2, 1], 20) // second group
  labels[40] = 1 // third
  const margins = Float32Array.from({ length: ROWS }, (_, row) => -row)
  const second = 3 / Math.log2(3) / (3 + 1 / Math.log2(3))
  expect(score({ objective: 'rank:ndcg', eval_metric: 'ndcg@2' }, margins, labels)).toBeCloseTo(
    (1 + second + 1) / 3,
    12,
  )
})
