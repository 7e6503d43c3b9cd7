/** The columns of a tree in XGBoost's model file; node 0 is the root, a leaf's `left` is -1. */
export interface GrownTree {
  readonly left: number[]
  readonly right: number[]
  readonly parent: number[]
  readonly feature: number[]
  /** Values below it go left; of a leaf what it adds to the margin. */
  readonly condition: number[]
  readonly defaultLeft: number[]
  readonly gain: number[]
  readonly hessian: number[]
  readonly weight: number[]
  /** The last bin that goes left. */
  readonly bin: number[]
}

/** How a node parts its rows. */
export interface Parting {
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

/** Adds a leaf and answers its id; `value` is scaled by eta. */
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

/** Makes leaf `id` part into two leaves that follow one another; `weight` is what it would add, not scaled by eta. */
export function partLeaf(tree: GrownTree, id: number, weight: number, parting: Parting, left: number): void {
  tree.left[id] = left
  tree.right[id] = left + 1
  tree.feature[id] = parting.feature
  tree.bin[id] = parting.bin
  tree.condition[id] = parting.condition
  tree.defaultLeft[id] = Number(parting.defaultLeft)
  tree.gain[id] = parting.gain
  tree.weight[id] = weight
}
