/** The columns of a tree in XGBoost's model file. Node 0 is the root; a leaf has `left` −1. */
export interface GrownTree {
  readonly left: number[]
  readonly right: number[]
  readonly parent: number[]
  readonly feature: number[]
  /** Smaller values go left; for a leaf, its contribution to the margin. */
  readonly condition: number[]
  readonly defaultLeft: number[]
  readonly gain: number[]
  readonly hessian: number[]
  readonly weight: number[]
  /** The last bin that goes left. */
  readonly bin: number[]
}

/** How a node divides its rows. */
export interface SplitRule {
  readonly feature: number
  readonly bin: number
  readonly condition: number
  readonly defaultLeft: boolean
  readonly gain: number
}

export const emptyTree = (): GrownTree => ({
  left: [],
  right: [],
  parent: [],
  feature: [],
  condition: [],
  defaultLeft: [],
  gain: [],
  hessian: [],
  weight: [],
  bin: [],
})

/** Adds a leaf and returns its id; `value` is scaled by eta. */
export function addLeaf(tree: GrownTree, parent: number, hessian: number, value: number): number {
  tree.parent.push(parent)
  tree.right.push(-1)
  tree.feature.push(0)
  tree.condition.push(value)
  tree.defaultLeft.push(0)
  tree.gain.push(0)
  tree.hessian.push(hessian)
  tree.weight.push(value)
  tree.bin.push(0)
  return tree.left.push(-1) - 1
}

/** Splits leaf `id` into two leaves with consecutive ids; `weight` is its value as a leaf, not scaled by eta. */
export function splitLeaf(
  tree: GrownTree,
  id: number,
  weight: number,
  parting: SplitRule,
  left: number,
): void {
  tree.left[id] = left
  tree.right[id] = left + 1
  tree.feature[id] = parting.feature
  tree.bin[id] = parting.bin
  tree.condition[id] = parting.condition
  tree.defaultLeft[id] = Number(parting.defaultLeft)
  tree.gain[id] = parting.gain
  tree.weight[id] = weight
}
