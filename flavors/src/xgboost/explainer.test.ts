import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anXgboostModel, fewValues } from '../testing/xgboost-model.js'
import { XgboostExplainer } from './explainer.js'
import type { Tree, XgboostModel } from './model.js'
import { gaussLegendre } from './quadrature.js'
import { XgboostScorer } from './scorer.js'
import { splitDecider } from './split-decider.js'

/** Expected prediction of a tree if only the features of the bit set `known` are known, by the training rows of each branch. */
function expectation(tree: Tree, row: readonly number[], known: number, node = 0): number {
  const [left, right] = [tree.leftChildren[node]!, tree.rightChildren[node]!]
  if (left === -1) return tree.splitConditions[node]!
  const feature = tree.splitFeatures[node]!
  if (known & (1 << feature))
    return expectation(tree, row, known, splitDecider(tree)(node, row[feature]!) ? left : right)
  const share = (child: number) => tree.sumHessians[child]! / tree.sumHessians[node]!
  return (
    share(left) * expectation(tree, row, known, left) + share(right) * expectation(tree, row, known, right)
  )
}

/** Shapley values by definition: enumerates all coalitions. */
function bruteForce(model: XgboostModel, row: readonly number[]): number[] {
  const { booster, features } = model
  if (booster.kind === 'gblinear') return []
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
  const value = (known: number) => booster.trees.reduce((sum, tree) => sum + expectation(tree, row, known), 0)
  const worth = Array.from({ length: 1 << features }, (_, known) => value(known))
  const sizeOf = (known: number): number => (known === 0 ? 0 : (known & 1) + sizeOf(known >> 1))
  const contributions = Array.from({ length: features }, (_, feature) =>
    worth.reduce((sum, without, known) => {
      if (known & (1 << feature)) return sum
      const size = sizeOf(known)
      const weight = (factorial(size) * factorial(features - size - 1)) / factorial(features)
      return sum + weight * (worth[known | (1 << feature)]! - without)
    }, 0),
  )
  return [...contributions, worth[0]! + 0.5]
}

test('contributions are Shapley values for any tree', () => {
  const shapes = fc.record({
    features: fc.integer({ min: 1, max: 5 }),
    trees: fc.integer({ min: 1, max: 3 }),
    depth: fc.integer({ min: 0, max: 8 }),
    categories: fc.boolean(),
    seed: fc.nat(1e6),
  })
  const values = fc.array(fc.constantFrom(...fewValues, Number.NaN), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(shapes, values, (shape, all) => {
      const model = anXgboostModel(shape)
      const row = all.slice(0, shape.features)
      const got = new XgboostExplainer(new XgboostScorer(model)).contributions(row)
      for (const [feature, wanted] of bruteForce(model, row).entries())
        expect(got[feature]).toBeCloseTo(wanted, 6)
    }),
    { numRuns: 200 },
  )
})

test('contributions add up to the margin of each output, for groups, leaf vectors and weighted trees', () => {
  const plain = anXgboostModel({ outputs: 3, trees: 9, features: 5, depth: 6 })
  const dart: XgboostModel = {
    ...plain,
    booster: {
      ...plain.booster,
      kind: 'dart',
      treeWeights: Float32Array.from({ length: 9 }, (_, i) => i / 5),
    } as never,
  }
  for (const model of [plain, dart, anXgboostModel({ outputs: 3, vectors: true, features: 5 })]) {
    const scorer = new XgboostScorer(model)
    const explainer = new XgboostExplainer(scorer)
    const row = [0.1, Number.NaN, -3, 2, 0.7]
    const margins = scorer.margins(row)
    const contributions = explainer.contributions(row)
    expect(contributions).toHaveLength(3 * 6)
    for (let output = 0; output < 3; output++) {
      const sum = contributions.slice(output * 6, output * 6 + 6).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(margins[output]!, 5)
    }
    expect(() => explainer.contributions([1])).toThrow('1 values where the model has 5 features')
  }
})

test('several rows have the contributions of each alone, to the bit', () => {
  for (const shape of [{ depth: 5 }, { depth: 8, categories: true }, { outputs: 3, vectors: true }]) {
    const explainer = new XgboostExplainer(
      new XgboostScorer(anXgboostModel({ ...shape, features: 5, trees: 9 })),
    )
    const rows = Array.from({ length: 40 }, (_, n) =>
      [0, 1, 2, 3, 4].map((feature) => (n % 7 === feature ? Number.NaN : ((n * 5 + feature * 3) % 11) - 5)),
    )
    const together = explainer.contributions(rows.flat())
    const width = together.length / rows.length
    for (const [n, row] of rows.entries())
      expect(explainer.contributions(row)).toEqual(together.slice(n * width, (n + 1) * width))
  }
})

test('splits without training rows contribute 0, not NaN', () => {
  const model = anXgboostModel({ features: 2, trees: 1, depth: 3, seed: 4 })
  const { booster } = model
  if (booster.kind === 'gblinear') throw new Error('it has trees')
  booster.trees[0]!.sumHessians.fill(0)
  const contributions = new XgboostExplainer(new XgboostScorer(model)).contributions([0.3, 0.4])
  expect([...contributions].every(Number.isFinite)).toBe(true)
})

test('explains a tree of a thousand levels without stack overflow', () => {
  const levels = 1000
  const nodes = 2 * levels + 1
  const chain: Tree = {
    leftChildren: Int32Array.from({ length: nodes }, (_, n) => (n % 2 === 0 && n < nodes - 1 ? n + 1 : -1)),
    rightChildren: Int32Array.from({ length: nodes }, (_, n) => (n % 2 === 0 && n < nodes - 1 ? n + 2 : -1)),
    parents: Int32Array.from({ length: nodes }, (_, n) => (n === 0 ? -1 : n % 2 ? n - 1 : n - 2)),
    splitFeatures: Int32Array.from({ length: nodes }, (_, n) => (n >> 1) % 4),
    splitConditions: new Float32Array(nodes).fill(0.5),
    defaultLeft: new Uint8Array(nodes),
    lossChanges: new Float32Array(nodes),
    sumHessians: Float32Array.from({ length: nodes }, (_, n) => (n % 2 ? 1 : levels + 1 - n / 2)),
    baseWeights: new Float32Array(nodes),
  }
  const base = anXgboostModel({ features: 4, trees: 1 })
  const model = { ...base, booster: { ...base.booster, trees: [chain] } } as XgboostModel
  const scorer = new XgboostScorer(model)
  const contributions = new XgboostExplainer(scorer).contributions([1, 1, 1, 0])
  expect(contributions.reduce((a, b) => a + b, 0)).toBeCloseTo(scorer.margins([1, 1, 1, 0])[0]!, 5)
})

test('a quadrature of n points integrates polynomials up to degree 2n − 1', () => {
  for (const n of [1, 2, 3, 8, 33]) {
    const { points, weights } = gaussLegendre(n)
    for (const degree of [0, 1, n, 2 * n - 1]) {
      const integral = points.reduce((sum, t, i) => sum + weights[i]! * t ** degree, 0)
      expect(integral).toBeCloseTo(1 / (degree + 1), 12)
    }
  }
})
