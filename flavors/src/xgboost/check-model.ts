import { invalid } from '@cairn/platform/errors'
import { checkTree } from './check-tree.js'
import { type LinearBooster, outputsOf, type TreeBooster, type XgboostModel } from './model.js'
import { requireObjective } from './objective.js'

/**
 * Checks the invariants that reading, writing and scoring rely on.
 *
 * @throws INVALID_PARAMETER_VALUE naming the inconsistency, prefixed with `name`
 */
export function checkModel(model: XgboostModel, name: string): void {
  const { features, featureNames, featureTypes, baseScore, booster } = model
  const outputs = outputsOf(model)
  for (const [field, list] of Object.entries({ featureNames, featureTypes }))
    if (list.length !== 0 && list.length !== features)
      throw invalid(`${name}: ${list.length} ${field} for ${features} features`)
  if (new Set(featureNames).size !== featureNames.length) throw invalid(`${name}: feature names repeat`)
  if (baseScore.length !== 1 && baseScore.length !== outputs)
    throw invalid(`${name}: ${baseScore.length} base scores for ${outputs} outputs`)
  requireObjective(model.objective.name, name)
  if (booster.kind === 'gblinear') checkWeights(booster, features, outputs, name)
  else checkTrees(booster, features, outputs, name)
}

function checkWeights(booster: LinearBooster, features: number, outputs: number, name: string): void {
  const weights = (features + 1) * outputs
  if (booster.weights.length !== weights)
    throw invalid(`${name}: ${booster.weights.length} weights, expected ${weights} from features and outputs`)
  if (!booster.weights.every(Number.isFinite)) throw invalid(`${name}: a weight is not finite`)
}

function checkTrees(booster: TreeBooster, features: number, outputs: number, name: string): void {
  const { trees, treeGroups, iterationOffsets, treeWeights } = booster
  if (treeGroups.length !== trees.length)
    throw invalid(`${name}: ${treeGroups.length} groups for ${trees.length} trees`)
  for (const group of treeGroups)
    if (group < 0 || group >= outputs) throw invalid(`${name}: a tree adds to output ${group} of ${outputs}`)
  checkIterations(iterationOffsets, trees.length, name)
  if (treeWeights && !(treeWeights.length === trees.length && treeWeights.every(Number.isFinite)))
    throw invalid(`${name}: tree weights must be ${trees.length} finite numbers`)
  for (const [index, tree] of trees.entries()) {
    const path = `${name}: tree ${index}`
    checkTree(tree, features, path)
    const width = tree.leafVectors ? tree.leafVectors.length / tree.leftChildren.length : 1
    if (width !== 1 && width !== outputs)
      throw invalid(`${path}: leaves of ${width} values for ${outputs} outputs`)
  }
}

function checkIterations(offsets: Int32Array, trees: number, name: string): void {
  let last = 0
  for (const offset of offsets) {
    if (offset < last) throw invalid(`${name}: iteration offsets are not ascending`)
    last = offset
  }
  if ((offsets[0] ?? 0) !== 0 || last !== trees)
    throw invalid(`${name}: iterations cover ${last} of ${trees} trees`)
}
