import { evenIterations, type SplitCategories, type Tree, type XgboostModel } from '../xgboost/model.js'
import { randomNumbers } from './als-model.js'

export interface TreeShape {
  readonly features?: number
  readonly trees?: number
  readonly depth?: number
  readonly outputs?: number
  /** True if feature 0 is categorical. */
  readonly categories?: boolean
  /** True if trees have leaf vectors for all outputs. */
  readonly vectors?: boolean
  readonly seed?: number
}

/** A model with random trees, whose scores tests recompute. It has few thresholds, so that values hit them. */
export function anXgboostModel(shape: TreeShape = {}): XgboostModel {
  const { features = 4, trees = 6, depth = 4, outputs = 1, vectors = false, seed = 1 } = shape
  const random = randomNumbers(seed)
  const width = vectors ? outputs : 1
  const list = Array.from({ length: trees }, () =>
    aTree(random, { ...shape, features, depth, outputs: width }),
  )
  const perIteration = vectors ? 1 : outputs
  return {
    version: [3, 2, 0],
    features,
    featureNames: [],
    featureTypes: [],
    classes: outputs > 1 && !vectors ? outputs : 0,
    targets: vectors ? outputs : 1,
    baseScore: Float32Array.of(0.5),
    boostFromAverage: false,
    objective: { name: 'reg:squarederror', parameters: { reg_loss_param: { scale_pos_weight: '1' } } },
    attributes: {},
    booster: {
      kind: 'gbtree',
      trees: list,
      treeGroups: Int32Array.from({ length: trees }, (_, tree) => tree % perIteration),
      iterationOffsets: evenIterations(trees, perIteration),
      parallelTrees: 1,
    },
  }
}

/** Values of rows and thresholds. */
export const fewValues = [-2, -1, -0.5, 0, 0.5, 1, 2, 3]

export function aTree(
  random: () => number,
  shape: TreeShape & { features: number; depth: number; outputs: number },
): Tree {
  const { features, depth, outputs, categories = false } = shape
  const pick = (below: number) => Math.floor(random() * below)
  const left = [-1]
  const right = [-1]
  const parents = [-1]
  const depths = [0]
  for (let node = 0; node < left.length; node++) {
    if (depths[node]! >= depth || random() < 0.15 * depths[node]!) continue
    left[node] = left.length
    right[node] = left.length + 1
    for (const _ of [0, 1]) {
      left.push(-1)
      right.push(-1)
      parents.push(node)
      depths.push(depths[node]! + 1)
    }
  }
  const nodes = left.length
  const splitFeatures = Int32Array.from(left, (child) => (child === -1 ? 0 : pick(features)))
  const covers = new Float32Array(nodes)
  for (let node = 0; node < nodes; node++)
    covers[node] = node === 0 ? 100 : covers[parents[node]!]! * (left[parents[node]!] === node ? 0.3 : 0.7)
  const isSplit = (node: number) => left[node] !== -1
  const categorical = left.flatMap((_, node) =>
    categories && isSplit(node) && splitFeatures[node] === 0 ? [node] : [],
  )
  return {
    leftChildren: Int32Array.from(left),
    rightChildren: Int32Array.from(right),
    parents: Int32Array.from(parents),
    splitFeatures,
    splitConditions: Float32Array.from(left, (child) =>
      child === -1 ? random() - 0.5 : fewValues[pick(fewValues.length)]!,
    ),
    defaultLeft: Uint8Array.from(left, () => pick(2)),
    lossChanges: Float32Array.from(left, (child) => (child === -1 ? 0 : random())),
    sumHessians: covers,
    baseWeights: new Float32Array(nodes * outputs),
    ...(categorical.length > 0 && { categories: someCategories(categorical, pick) }),
    ...(outputs > 1 && { leafVectors: Float32Array.from({ length: nodes * outputs }, () => random() - 0.5) }),
  }
}

function someCategories(nodes: readonly number[], pick: (below: number) => number): SplitCategories {
  const sets = nodes.map(() =>
    [...new Set(Array.from({ length: 1 + pick(3) }, () => pick(40)))].sort((a, b) => a - b),
  )
  const sizes = sets.map((set) => set.length)
  return {
    nodes: Int32Array.from(nodes),
    segments: Int32Array.from(sizes, (_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0)),
    sizes: Int32Array.from(sizes),
    values: Int32Array.from(sets.flat()),
  }
}
