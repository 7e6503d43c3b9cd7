import type { TreeBooster } from './model.js'

/**
 * Adds the vectors of the leaves to `margins`, rows × outputs, in float32 in the order of the trees. `leaves` is rows × trees
 * of the range.
 */
export function addLeafVectors(
  { trees, treeGroups, treeWeights }: TreeBooster,
  leaves: Uint32Array,
  [from, to]: readonly [number, number],
  margins: Float32Array,
): void {
  const rows = leaves.length / (to - from)
  const outputs = margins.length / rows
  for (let row = 0; row < rows; row++)
    for (let index = from; index < to; index++) {
      const { leafVectors, splitConditions } = trees[index]!
      const weight = treeWeights?.[index] ?? 1
      const node = leaves[row * (to - from) + index - from]!
      if (!leafVectors)
        margins[row * outputs + treeGroups[index]!]! += Math.fround(weight * splitConditions[node]!)
      for (let output = 0; leafVectors && output < outputs; output++)
        margins[row * outputs + output]! += Math.fround(weight * leafVectors[node * outputs + output]!)
    }
}
