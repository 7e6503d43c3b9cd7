import { randomStream } from '@cairn/platform/statistics/random'
import { expect, test } from 'vitest'
import { floats } from '../numeric/kernel/arena.js'
import type { BoosterData } from './booster-data.js'
import { createLayout } from './create-layout.js'
import { startBoostingKernel } from './kernel/boosting-kernel.js'
import { LambdaRank } from './lambda-rank.js'
import { type BoosterParams, resolveBoosterParams } from './parameters.js'
import type { SharedLayout } from './shared-layout.js'
import { ranking } from './testing/tables.js'

const random = randomStream(4)
const ROWS = 37 // not a multiple of four
const labelled = (label: () => number, weights?: number[]): BoosterData => ({
  rows: new Float32Array(ROWS),
  features: 1,
  labels: Array.from({ length: ROWS }, label),
  ...(weights && { weights }),
})

/** Creates a layout with random margins. */
function layoutOf(data: BoosterData, overrides: Partial<BoosterParams>, spread = 4): SharedLayout {
  const layout = createLayout(data, undefined, resolveBoosterParams(overrides), 1)
  const { memory, train, outputs } = layout
  const margins = floats(memory, train.margins, train.stride * outputs)
  margins.set(margins.map(() => (random() - 0.5) * 2 * spread))
  return layout
}

/** Gradients, hessians and the peaks that the kernel writes. */
function gradientsOf(layout: SharedLayout, call: 'logistic' | 'squared' | 'softmax') {
  const { memory, train, outputs, pairs, peaks } = layout
  const kernel = startBoostingKernel(layout.kernel, memory)
  for (const [at, [from, to]] of [
    [0, 20],
    [20, ROWS],
  ].entries()) {
    const peak = peaks + at * outputs * 8
    kernel[call](train.margins, train.labels, train.weights, from!, to!, pairs, peak, outputs, train.stride)
  }
  const found = Array.from({ length: outputs }, (_, output) =>
    floats(memory, pairs + output * train.stride * 8, ROWS * 2),
  )
  return { found, top: floats(memory, peaks, outputs * 4) }
}

const softplus = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)
const STEP = 1e-4
const slope = (loss: (margin: number) => number, at: number) =>
  (loss(at + STEP) - loss(at - STEP)) / (2 * STEP)
const curvature = (loss: (margin: number) => number, at: number) =>
  (loss(at + STEP) - 2 * loss(at) + loss(at - STEP)) / STEP ** 2

test.each([
  ['logistic', 'binary:logistic', (y: number) => (x: number) => softplus(x) - y * x],
  ['squared', 'reg:squarederror', (y: number) => (x: number) => (x - y) ** 2 / 2],
] as const)(
  '%s: computes gradients and hessians as derivatives of the weighted loss',
  (call, objective, lossOf) => {
    const weights = Array.from({ length: ROWS }, () => random() + 0.5)
    const layout = layoutOf(
      labelled(() => random(), weights),
      { objective },
    )
    const { found, top } = gradientsOf(layout, call)
    const margins = floats(layout.memory, layout.train.margins, ROWS)
    const labels = floats(layout.memory, layout.train.labels, ROWS)
    margins.forEach((margin, row) => {
      const loss = lossOf(labels[row]!)
      expect(found[0]![2 * row]).toBeCloseTo(weights[row]! * slope(loss, margin), 5)
      expect(found[0]![2 * row + 1]).toBeCloseTo(weights[row]! * curvature(loss, margin), 5)
    })
    for (const at of [0, 1]) {
      const sizes = found[0]!.filter((_, n) => n % 2 === at).map(Math.abs)
      expect(Math.max(top[at]!, top[at + 2]!)).toBe(Math.max(...sizes))
    }
  },
)

test('logistic: stays finite at probabilities 0 and 1', () => {
  const layout = layoutOf(
    labelled(() => Number(random() < 0.5)),
    {},
    500,
  )
  const { found } = gradientsOf(layout, 'logistic')
  expect(found[0]!.every(Number.isFinite)).toBe(true)
  expect(found[0]!.filter((_, at) => at % 2 === 1).every((hessian) => hessian > 0)).toBe(true)
})

test('softmax: computes gradients as derivatives and hessians as twice the diagonal', () => {
  const classes = 3
  const layout = layoutOf(
    labelled(() => Math.floor(random() * classes)),
    { objective: 'multi:softprob', num_class: classes },
  )
  const { memory, train } = layout
  const { found, top } = gradientsOf(layout, 'softmax')
  const labels = floats(memory, train.labels, ROWS)
  const margins = Array.from({ length: classes }, (_, k) =>
    floats(memory, train.margins + k * train.stride * 4, ROWS),
  )
  for (let row = 0; row < ROWS; row++)
    for (let k = 0; k < classes; k++) {
      const loss = (margin: number) => {
        const all = margins.map((one, at) => (at === k ? margin : one[row]!))
        return Math.log(all.reduce((sum, x) => sum + Math.exp(x), 0)) - all[labels[row]!]!
      }
      expect(found[k]![2 * row]).toBeCloseTo(slope(loss, margins[k]![row]!), 5)
      expect(found[k]![2 * row + 1]).toBeCloseTo(2 * curvature(loss, margins[k]![row]!), 5)
    }
  for (const [k, pairs] of found.entries()) {
    const largest = Math.max(...pairs.filter((_, at) => at % 2 === 0).map(Math.abs))
    expect(Math.max(top[2 * k]!, top[2 * (classes + k)]!)).toBe(largest)
  }
})

/** Burges' lambdas as in the papers, in float64, over every pair of a group. */
function naiveLambdas(labels: number[], margins: number[], params: BoosterParams): number[][] {
  const { lambdarank_num_pair_per_sample: most, ndcg_exp_gain } = params
  const gain = (label: number) => (ndcg_exp_gain ? 2 ** label - 1 : label)
  const ranked = margins.map((_, row) => row).sort((a, b) => margins[b]! - margins[a]! || a - b)
  const rank = (row: number) => ranked.indexOf(row)
  const ideal = labels
    .toSorted((a, b) => b - a)
    .slice(0, most)
    .reduce((sum, label, at) => sum + gain(label) / Math.log2(at + 2), 0)
  const out = labels.map(() => [0, 0])
  let total = 0
  const spread = Math.max(...margins) !== Math.min(...margins)
  for (const high of ranked)
    for (const low of ranked) {
      if (!(labels[high]! > labels[low]!) || Math.min(rank(high), rank(low)) >= most) continue
      const swap = Math.abs(1 / Math.log2(rank(high) + 2) - 1 / Math.log2(rank(low) + 2))
      const distance = margins[high]! - margins[low]!
      const damp = params.lambdarank_score_normalization && spread ? Math.abs(distance) + 0.01 : 1
      const change = ((gain(labels[high]!) - gain(labels[low]!)) * swap) / ideal / damp
      const rho = 1 / (1 + Math.exp(distance))
      out[high]![0]! -= rho * change
      out[low]![0]! += rho * change
      for (const row of [high, low]) out[row]![1]! += 2 * rho * (1 - rho) * change
      total += 2 * rho * change
    }
  const norm = params.lambdarank_normalization && total > 0 ? Math.log2(1 + total) / total : 1
  return out.map(([g, h]) => [g! * norm, h! * norm])
}

test.each([
  {},
  { lambdarank_num_pair_per_sample: 3 },
  { lambdarank_score_normalization: false, lambdarank_normalization: false },
  { ndcg_exp_gain: false, lambdarank_num_pair_per_sample: 8 },
])('rank:ndcg: equals the sum over all pairs: %j', (overrides) => {
  const data = ranking({ rows: 120, group: 20 })
  const weights = Array.from({ length: 6 }, () => random() + 0.5)
  const layout = layoutOf({ ...data, weights }, { objective: 'rank:ndcg', ...overrides })
  const { memory, train, pairs, peaks, params } = layout
  const margins = floats(memory, train.margins, 120)
  margins.set(margins.map((margin) => Math.round(margin * 4) / 4)) // ties
  margins.fill(0.5, 0, 20) // a group of equal margins
  const lambdas = new LambdaRank(layout)
  lambdas.gradients(0, 2, peaks)
  lambdas.gradients(2, 6, peaks + 8)
  const found = floats(memory, pairs, 240)
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0)
  for (let group = 0; group < 6; group++) {
    const mine = [group * 20, (group + 1) * 20] as const
    const expected = naiveLambdas(
      [...Array.from(data.labels).slice(...mine)],
      [...margins.subarray(...mine)],
      params,
    )
    expected.flat().forEach((number, at) => {
      expect(found[group * 40 + at]).toBeCloseTo((number * weights[group]! * 6) / weightSum, 5)
    })
  }
  const sizes = found.filter((_, at) => at % 2 === 0).map(Math.abs)
  expect(Math.max(...floats(memory, peaks, 4).filter((_, at) => at % 2 === 0))).toBe(Math.max(...sizes))
})
