import type { Tree, XgboostModel } from './model.js'

/** XGBoost's `importance_type`s; `gain` and `cover` are means over the splits, `total_…` sums. */
export type ImportanceType = 'weight' | 'gain' | 'cover' | 'total_gain' | 'total_cover'

/**
 * Returns the importance of each feature like `Booster.get_score`: features without a split are absent. Linear models have
 * their weights as `weight` and no other type. Features without names are named `f0`, `f1`, …
 */
export function featureImportance(model: XgboostModel, type: ImportanceType): Record<string, number> {
  const { booster, features } = model
  if (booster.kind === 'gblinear') return type === 'weight' ? linearImportance(model) : {}
  const splits = new Float64Array(features)
  const totals = new Float64Array(features)
  for (const tree of booster.trees) countSplits(tree, statistic(tree, type), splits, totals)
  const isMean = type === 'gain' || type === 'cover'
  const used = [...splits.keys()].filter((feature) => splits[feature]! > 0)
  return Object.fromEntries(
    used.map((feature) => [featureName(model, feature), totals[feature]! / (isMean ? splits[feature]! : 1)]),
  )
}

const featureName = ({ featureNames }: XgboostModel, feature: number) =>
  featureNames[feature] ?? `f${feature}`

function statistic(tree: Tree, type: ImportanceType): (node: number) => number {
  if (type === 'weight') return () => 1
  const values = type.endsWith('gain') ? tree.lossChanges : tree.sumHessians
  return (node) => values[node]!
}

function countSplits(
  { leftChildren, rightChildren, splitFeatures }: Tree,
  statistic: (node: number) => number,
  splits: Float64Array,
  totals: Float64Array,
): void {
  const open = [0]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (leftChildren[node] === -1) continue
    const feature = splitFeatures[node]!
    splits[feature]! += 1
    totals[feature]! += statistic(node)
    open.push(leftChildren[node]!, rightChildren[node]!)
  }
}

/** The mean weight over the outputs, as XGBoost ≥ 2 returns one number per feature. */
function linearImportance(model: XgboostModel): Record<string, number> {
  const { booster, features } = model
  if (booster.kind !== 'gblinear') return {}
  const outputs = booster.weights.length / (features + 1)
  return Object.fromEntries(
    Array.from({ length: features }, (_, feature) => {
      const weights = booster.weights.subarray(feature * outputs, (feature + 1) * outputs)
      return [featureName(model, feature), weights.reduce((sum, weight) => sum + weight, 0) / outputs]
    }),
  )
}
