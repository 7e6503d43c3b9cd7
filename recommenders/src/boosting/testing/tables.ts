import type { Tree, XgboostModel } from '@cairn/flavors/xgboost/model'
import { randomStream } from '@cairn/platform/statistics/random'
import type { BoosterData } from '../booster-data.js'

export interface TableOptions {
  rows: number
  features?: number
  /** Values are 0 to distinct − 1. */
  distinct?: number
  /** Share of missing values. */
  missing?: number
  seed?: number
}

/** Independent features and a signal that depends on three of them. */
export function createTable({ rows, features = 5, distinct = 50, missing = 0.1, seed = 1 }: TableOptions) {
  const random = randomStream(seed)
  const values = new Float32Array(rows * features)
  const signal = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    for (let feature = 0; feature < features; feature++)
      values[row * features + feature] = random() < missing ? Number.NaN : Math.floor(random() * distinct)
    const [a, b, c] = [0, 1, 2].map((feature) => (values[row * features + feature]! || 0) / distinct)
    signal[row] = a! + b! * c! + 0.3 * random()
  }
  return { rows: values, features, signal }
}

export const binary = (options: TableOptions): BoosterData => {
  const { signal, ...table } = createTable(options)
  return { ...table, labels: signal.map((value) => Number(value > 0.8)) }
}

export const regression = (options: TableOptions): BoosterData => {
  const { signal, ...table } = createTable(options)
  return { ...table, labels: signal }
}

export const ranking = (options: TableOptions & { group: number }): BoosterData => {
  const { signal, ...table } = createTable(options)
  const groups = Array<number>(options.rows / options.group).fill(options.group)
  return { ...table, groups, labels: signal.map((value) => Math.floor(value * 2.5)) }
}

export const treesOf = ({ booster }: XgboostModel): readonly Tree[] => {
  if (booster.kind === 'gblinear') throw new Error('the booster has no trees')
  return booster.trees
}

/** The leaf of a row of raw values. */
export function leafOf(tree: Tree, row: Float32Array): number {
  let node = 0
  while (tree.leftChildren[node]! >= 0) {
    const value = row[tree.splitFeatures[node]!]!
    const goesLeft = Number.isNaN(value) ? tree.defaultLeft[node] === 1 : value < tree.splitConditions[node]!
    node = goesLeft ? tree.leftChildren[node]! : tree.rightChildren[node]!
  }
  return node
}

/** Sums of leaf values for one output, without the base score. */
export function margins(
  model: XgboostModel,
  { rows, features }: Pick<BoosterData, 'rows' | 'features'>,
): Float32Array {
  return Float32Array.from({ length: rows.length / features }, (_, row) => {
    const values = rows.subarray(row * features, (row + 1) * features)
    return treesOf(model).reduce((sum, tree) => sum + tree.splitConditions[leafOf(tree, values)]!, 0)
  })
}
