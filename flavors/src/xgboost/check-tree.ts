import { invalid } from '@cairn/platform/errors'
import type { Tree } from './model.js'

/** Categories are numbered from 0; XGBoost takes no more, so that a float32 holds each. */
const MAX_CATEGORIES = 2 ** 24

/**
 * Walks the tree once, so that whoever walks it later needs to ask nothing: children exist and have one parent each,
 * splits name features that exist, leaves are finite. Nodes that cannot be reached are not looked at.
 *
 * @returns the depth: 0 for a lone leaf.
 * @throws INVALID_PARAMETER_VALUE naming the node.
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
      open.push(takeChild(depths, node, tree.leftChildren[node]!, path))
      open.push(takeChild(depths, node, tree.rightChildren[node]!, path))
    }
  }
  checkCategories(tree, path)
  return deepest
}

function takeChild(depths: Int32Array, node: number, child: number, path: string): number {
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
