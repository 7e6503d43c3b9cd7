import { invalid } from '@cairn/platform/errors'
import type { Tree } from './model.js'

/** Exclusive limit of category codes; XGBoost's limit, as float32 represents integers below 2^24 exactly. */
const MAX_CATEGORIES = 2 ** 24

/**
 * Validates a tree, so that later walks need no checks: children exist and have one parent each, splits name existing
 * features, leaves are finite. Unreachable nodes are ignored.
 *
 * @returns the depth, 0 for a single leaf
 * @throws INVALID_PARAMETER_VALUE naming the node
 */
export function checkTree(tree: Tree, features: number, path: string): number {
  const depths = new Int32Array(tree.leftChildren.length).fill(-1)
  const open = [0]
  depths[0] = 0
  let deepest = 0
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    deepest = Math.max(deepest, depths[node]!)
    if (tree.leftChildren[node] === -1) checkLeaf(tree, node, path)
    else {
      checkSplit(tree, node, features, path)
      open.push(visitChild(depths, node, tree.leftChildren[node]!, path))
      open.push(visitChild(depths, node, tree.rightChildren[node]!, path))
    }
  }
  checkCategories(tree, path)
  return deepest
}

function visitChild(depths: Int32Array, node: number, child: number, path: string): number {
  if (child < 0 || child >= depths.length)
    throw invalid(`${path}: node ${node} has child ${child} of ${depths.length} nodes`)
  if (depths[child] !== -1) throw invalid(`${path}: node ${child} is reached twice`)
  depths[child] = depths[node]! + 1
  return child
}

function checkCategories({ categories }: Tree, path: string): void {
  for (const category of categories?.values ?? [])
    if (category < 0 || category >= MAX_CATEGORIES)
      throw invalid(`${path}: category ${category} is not from 0 to ${MAX_CATEGORIES - 1}`)
}

function checkSplit(tree: Tree, node: number, features: number, path: string): void {
  const feature = tree.splitFeatures[node]!
  if (feature < 0 || feature >= features)
    throw invalid(`${path}: node ${node} splits by feature ${feature} of ${features}`)
}

function checkLeaf({ leafVectors, splitConditions, leftChildren }: Tree, node: number, path: string): void {
  const width = leafVectors ? leafVectors.length / leftChildren.length : 1
  for (let output = 0; output < width; output++) {
    const value = leafVectors ? leafVectors[node * width + output] : splitConditions[node]
    if (!Number.isFinite(value)) throw invalid(`${path}: leaf ${node} has the value ${value}`)
  }
}
