import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anXgboostModel, fewValues } from '../testing/xgboost-model.js'
import { evenIterations, type Tree, type XgboostModel } from './model.js'
import { XgboostScorer } from './scorer.js'
import { splitDecider } from './split-decider.js'

/** A tree with one split by feature 0. */
function stump(condition: number, defaultLeft: number, change: Partial<Tree> = {}): XgboostModel {
  const model = anXgboostModel({ features: 2, trees: 0 })
  const tree: Tree = {
    leftChildren: Int32Array.of(1, -1, -1),
    rightChildren: Int32Array.of(2, -1, -1),
    parents: Int32Array.of(-1, 0, 0),
    splitFeatures: new Int32Array(3),
    splitConditions: Float32Array.of(condition, -1, 1),
    defaultLeft: Uint8Array.of(defaultLeft, 0, 0),
    lossChanges: new Float32Array(3),
    sumHessians: Float32Array.of(2, 1, 1),
    baseWeights: new Float32Array(3),
    ...change,
  }
  const trees = { trees: [tree], treeGroups: new Int32Array(1), iterationOffsets: evenIterations(1, 1) }
  return { ...model, booster: { kind: 'gbtree', parallelTrees: 1, ...trees } }
}

/** Returns the leaf that a value reaches; scores five rows, so that both paths of the kernel are used. */
function side(model: XgboostModel, value: number): 'left' | 'right' {
  const leaves = new XgboostScorer(model).leaves(Array.from({ length: 10 }, (_, i) => (i % 2 ? 7 : value)))
  expect(new Set(leaves).size).toBe(1)
  return leaves[0] === 1 ? 'left' : 'right'
}

const bits = (float: number) => new Int32Array(Float32Array.of(float).buffer)[0]!
const float = (value: number) => new Float32Array(Int32Array.of(value).buffer)[0]!
const smallest = float(1)

describe('at a threshold', () => {
  const some = fc.constantFrom(0.3, 1, -0.3, 1e-3, 123.456, -9e9, smallest, 2 ** -126).map(Math.fround)

  test('the threshold goes right, the next smaller float32 left, and doubles are rounded first', () => {
    fc.assert(
      fc.property(some, (condition) => {
        const below = float(bits(condition) + (condition > 0 ? -1 : 1))
        const model = stump(condition, 1)
        expect(side(model, condition)).toBe('right')
        expect(side(model, below)).toBe('left')
        // The nearest 64-bit neighbour rounds to the threshold itself.
        expect(side(model, condition - Math.abs(condition) * 2 ** -52)).toBe('right')
        expect(side(model, condition + (below - condition) * 0.49)).toBe('right')
        expect(side(model, condition + (below - condition) * 0.51)).toBe('left')
      }),
    )
  })

  test.each([
    [0, -0, 'right'],
    [-0, 0, 'right'],
    [0, -smallest, 'left'],
    [smallest, 0, 'left'],
    [1, Number.NEGATIVE_INFINITY, 'left'],
    [1, Number.POSITIVE_INFINITY, 'right'],
    [1, 1e300, 'right'],
    [1, -1e300, 'left'],
    [1, 1e-300, 'left'],
    [Number.POSITIVE_INFINITY, 3e38, 'left'],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 'right'],
  ])('%d: the value %d goes %s', (condition, value, where) => {
    for (const missing of [0, 1]) expect(side(stump(condition, missing), value)).toBe(where)
  })

  test('a missing value goes the default way; zero is a value', () => {
    expect(side(stump(-5, 1), Number.NaN)).toBe('left')
    expect(side(stump(5, 0), Number.NaN)).toBe('right')
    expect(side(stump(5, 0), 0)).toBe('left')
  })
})

test.each([
  [3, 'right'],
  [3.9, 'right'],
  [40, 'right'],
  [4, 'left'],
  [0, 'left'],
  [41, 'left'],
  [1e6, 'left'],
  [-1, 'left'],
  [-0.5, 'left'],
  [2 ** 24, 'left'],
  [Number.POSITIVE_INFINITY, 'left'],
  [Number.NEGATIVE_INFINITY, 'left'],
  [Number.NaN, 'right'],
])('with 3 and 40 in the set, category %d goes %s', (category, where) => {
  const categories = {
    nodes: Int32Array.of(0),
    segments: Int32Array.of(0),
    sizes: Int32Array.of(2),
    values: Int32Array.of(3, 40),
  }
  expect(side(stump(Number.NaN, 0, { categories }), category)).toBe(where)
})

const shapes = fc.record({
  features: fc.integer({ min: 1, max: 6 }),
  trees: fc.integer({ min: 0, max: 9 }),
  depth: fc.integer({ min: 0, max: 7 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  categories: fc.boolean(),
  vectors: fc.boolean(),
  seed: fc.nat(1e6),
})
const values = fc.constantFrom(...fewValues, Number.NaN, 0.1, 17)

test('a forest scores like its trees walked one by one', () => {
  fc.assert(
    fc.property(shapes, fc.array(values, { minLength: 6 * 11, maxLength: 6 * 11 }), (shape, all) => {
      const model = anXgboostModel(shape)
      const { booster } = model
      if (booster.kind === 'gblinear') return
      const scorer = new XgboostScorer(model)
      const rows = all.slice(0, 11 * shape.features)
      const leaves = scorer.leaves(rows)
      const margins = scorer.margins(rows)
      for (let row = 0; row < 11; row++) {
        const sums = new Float32Array(scorer.outputs).fill(0.5)
        for (const [index, tree] of booster.trees.entries()) {
          const goesLeft = splitDecider(tree)
          let node = 0
          while (tree.leftChildren[node] !== -1)
            node = goesLeft(node, rows[row * shape.features + tree.splitFeatures[node]!]!)
              ? tree.leftChildren[node]!
              : tree.rightChildren[node]!
          expect(leaves[row * booster.trees.length + index]).toBe(node)
          const width = tree.leafVectors ? scorer.outputs : 1
          for (let output = 0; output < width; output++)
            sums[tree.leafVectors ? output : booster.treeGroups[index]!]! += tree.leafVectors
              ? tree.leafVectors[node * width + output]!
              : tree.splitConditions[node]!
        }
        expect(margins.slice(row * scorer.outputs, (row + 1) * scorer.outputs)).toEqual(sums)
      }
    }),
    { numRuns: 300 },
  )
})

test('scores many rows in blocks like few', () => {
  const scorer = new XgboostScorer(anXgboostModel({ features: 3, trees: 5, outputs: 2 }))
  const rows = Float32Array.from({ length: 3 * 1001 }, (_, i) => fewValues[(i * 7) % 8]! + (i % 13) / 13)
  const all = scorer.margins(rows)
  for (const row of [0, 255, 256, 257, 999, 1000])
    expect(scorer.margins(rows.slice(row * 3, row * 3 + 3))).toEqual(all.slice(row * 2, row * 2 + 2))
})

describe('score options', () => {
  const scorer = new XgboostScorer(anXgboostModel({ features: 2, trees: 6, outputs: 2 }))
  const row = [0.2, 1]

  test('iteration ranges add up to the total; the base margin replaces the base score', () => {
    const zero = new Float32Array(2)
    const first = scorer.margins(row, { iterations: [0, 1], baseMargin: zero })
    const rest = scorer.margins(row, { iterations: [1, 3], baseMargin: first })
    expect(scorer.margins(row, { baseMargin: zero })).toEqual(rest)
    expect(scorer.margins(row, { iterations: [0, 0] })).toEqual(Float32Array.of(0.5, 0.5))
    expect(scorer.leaves(row, { iterations: [2, 3] })).toEqual(scorer.leaves(row).slice(4))
  })

  test.each([
    ['half a row', () => scorer.margins([1]), /1 values cannot be split into rows of 2 features/],
    [
      'iterations beyond the last',
      () => scorer.margins(row, { iterations: [0, 4] }),
      /0 to 4 are not within the 3/,
    ],
    ['iterations backwards', () => scorer.margins(row, { iterations: [2, 1] }), /2 to 1/],
    [
      'too few base margins',
      () => scorer.margins(row, { baseMargin: new Float32Array(1) }),
      /1 base margins/,
    ],
  ])('rejects %s', (_, score, message) => {
    expect(score).toThrow(message)
  })
})
