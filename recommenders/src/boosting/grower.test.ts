import { randomStream } from '@cairn/platform/statistics/random'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoosterData } from './booster-data.js'
import { boostInThread, predictRow } from './testing/boost-in-thread.js'
import { binary, regression } from './testing/tables.js'
import type { GrownTree } from './tree.js'

const LAMBDA = 1
const MIN_CHILD_WEIGHT = 2
const value = (g: number, h: number) => -g / (h + LAMBDA)
const gain = (g: number, h: number) => (g * g) / (h + LAMBDA)

interface Part {
  gain: number
  left: number[]
  right: number[]
}

/** Exact greedy search: tries every distinct value as a threshold, with missing values on either side. */
function bestParts({ rows, features }: BoosterData, gradients: number[], mine: number[]): Part[] {
  const sum = (part: number[]) => part.reduce((total, row) => total + gradients[row]!, 0)
  const whole = gain(sum(mine), mine.length)
  const parts: Part[] = []
  for (let feature = 0; feature < features; feature++) {
    const of = (row: number) => rows[row * features + feature]!
    for (const threshold of new Set([
      ...mine.map(of).filter((x) => !Number.isNaN(x)),
      Number.POSITIVE_INFINITY,
    ]))
      for (const missingLeft of [true, false]) {
        const isLeft = (row: number) => (Number.isNaN(of(row)) ? missingLeft : of(row) < threshold)
        const left = mine.filter(isLeft)
        const right = mine.filter((row) => !isLeft(row))
        if (Math.min(left.length, right.length) < MIN_CHILD_WEIGHT) continue
        parts.push({
          gain: gain(sum(left), left.length) + gain(sum(right), right.length) - whole,
          left,
          right,
        })
      }
  }
  return parts.sort((a, b) => b.gain - a.gain)
}

/** Checks that every split has the largest possible gain and every leaf the value of its rows. */
function check(data: BoosterData, tree: GrownTree, gradients: number[], depth: number): void {
  const walk = (node: number, mine: number[], level: number): void => {
    const sum = mine.reduce((total, row) => total + gradients[row]!, 0)
    expect(tree.hessian[node]).toBe(mine.length)
    const best = bestParts(data, gradients, mine)[0]
    if (tree.left[node]! < 0) {
      expect(tree.condition[node]).toBeCloseTo(value(sum, mine.length), 5)
      if (level < depth) expect(best?.gain ?? 0).toBeLessThan(1e-4)
      return
    }
    expect(tree.gain[node]).toBeCloseTo(best!.gain, 3)
    const isLeft = (row: number) => {
      const x = data.rows[row * data.features + tree.feature[node]!]!
      return Number.isNaN(x) ? tree.defaultLeft[node] === 1 : x < tree.condition[node]!
    }
    walk(tree.left[node]!, mine.filter(isLeft), level + 1)
    walk(
      tree.right[node]!,
      mine.filter((row) => !isLeft(row)),
      level + 1,
    )
  }
  walk(
    0,
    gradients.map((_, row) => row),
    0,
  )
}

const tables = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 4, max: 60 }),
  features: fc.integer({ min: 1, max: 5 }),
  distinct: fc.integer({ min: 1, max: 12 }),
  missing: fc.constantFrom(0, 0.2, 0.6),
})

test.each([
  ['depthwise', { max_depth: 3 }],
  ['lossguide', { max_depth: 3, grow_policy: 'lossguide' }],
] as const)('%s: finds the splits of exact greedy search if every value has a bin', (_, policy) => {
  fc.assert(
    fc.property(tables, (options) => {
      const data = regression(options)
      const start = 0.5
      const { trees } = boostInThread(data, {
        ...policy,
        objective: 'reg:squarederror',
        eta: 1,
        base_score: start,
        lambda: LAMBDA,
        min_child_weight: MIN_CHILD_WEIGHT,
      })
      const gradients = Array.from(data.labels, (label) => start - Math.fround(label))
      check(data, trees[0]!, gradients, 3)
    }),
    { numRuns: 60 },
  )
})

describe('monotone constraints', () => {
  const constraints = [1, -1, 0] as const

  test('keep predictions monotone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('depthwise', 'lossguide'), (seed, grow_policy) => {
        const random = randomStream(seed)
        const data = { ...regression({ rows: 200, features: 3, distinct: 9, seed }) }
        const labels = Array.from(data.labels, (label) => label + random())
        const { trees } = boostInThread(
          { ...data, labels },
          {
            objective: 'reg:squarederror',
            monotone_constraints: [...constraints],
            num_boost_round: 5,
            grow_policy,
          },
        )
        const predict = (row: number[]) => trees.reduce((sum, tree) => sum + predictRow(tree, row), 0)
        for (let trial = 0; trial < 30; trial++) {
          const row = [0, 1, 2].map(() => Math.floor(random() * 9))
          for (const [feature, constraint] of constraints.entries()) {
            const along = Array.from({ length: 9 }, (_, x) => predict(row.with(feature, x)) * constraint)
            for (let x = 1; x < 9; x++) expect(along[x]! - along[x - 1]!).toBeGreaterThanOrEqual(-1e-6)
          }
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('the histogram budget', () => {
  test.each([
    { grow_policy: 'depthwise', max_depth: 7 },
    { grow_policy: 'lossguide', max_depth: 0, max_leaves: 60 },
  ] as const)('does not change the trees: %j', (policy) => {
    const data = binary({ rows: 4000, distinct: 300 })
    const overrides = { ...policy, num_boost_round: 3 }
    expect(boostInThread(data, overrides, { maxHistograms: 4 }).trees).toEqual(
      boostInThread(data, overrides).trees,
    )
  })
})

test.each([
  [{ max_depth: 2 }, 4],
  [{ max_depth: 0, max_leaves: 7 }, 7],
  [{ max_depth: 3, max_leaves: 5, grow_policy: 'lossguide' as const }, 5],
  [{ max_depth: 5, gamma: 1e9 }, 1],
  [{ max_depth: 5, min_child_weight: 1e9 }, 1],
])('%j grows %i leaves', (overrides, leaves) => {
  const [tree] = boostInThread(binary({ rows: 3000 }), overrides).trees
  expect(tree!.left.filter((left) => left < 0)).toHaveLength(leaves)
})

test('uses only the features sampled for the tree', () => {
  const { trees } = boostInThread(binary({ rows: 500, features: 8 }), {
    colsample_bytree: 0.25,
    num_boost_round: 20,
  })
  const used = trees.map(({ feature, left }) => new Set(feature.filter((_, node) => left[node]! >= 0)))
  for (const features of used) expect(features.size).toBeLessThanOrEqual(2)
  expect(new Set(used.flatMap((features) => [...features])).size).toBeGreaterThan(5)
})

test('sums only the sampled rows', () => {
  const { trees } = boostInThread(regression({ rows: 4000 }), {
    objective: 'reg:squarederror',
    subsample: 0.25,
  })
  expect(trees[0]!.hessian[0]).toBeGreaterThan(900)
  expect(trees[0]!.hessian[0]).toBeLessThan(1100)
})

test('rejects a loss that is not finite and names the tree', () => {
  const data = { ...regression({ rows: 10 }), labels: Array(10).fill(3e38) }
  expect(() => boostInThread(data, { objective: 'reg:squarederror', base_score: -3e38 })).toThrow(
    'the loss is not finite at tree 1',
  )
})
