import type { Tree } from './model.js'

/** Row-independent data for explaining a tree. All lists are by position; the root's is 0. */
export interface ShapPaths {
  /** Node at each position, breadth first. */
  readonly nodes: Int32Array
  readonly parents: Int32Array
  /** Feature of the split above. */
  readonly features: Int32Array
  /** Nearest position above that is below a split by the same feature; 0 if there is none. */
  readonly same: Int32Array
  /** z: the share of training rows that satisfy all splits above by this feature. */
  readonly shares: Float64Array
  /** Share of training rows that reach the position. */
  readonly reach: Float64Array
  /** Largest number of distinct features on a path. */
  readonly longest: number
}

export function shapPaths(tree: Tree): ShapPaths {
  const { nodes, parents, firstChildren } = listNodes(tree)
  const features = nodes.map((_, position) => tree.splitFeatures[nodes[parents[position]!]!]!)
  const same = sameFeatureAbove(features, firstChildren)
  const shares = new Float64Array(nodes.length).fill(1)
  const reach = new Float64Array(nodes.length).fill(1)
  const lengths = new Int32Array(nodes.length)
  let longest = 0
  for (let position = 1; position < nodes.length; position++) {
    const parent = parents[position]!
    const rows = tree.sumHessians[nodes[parent]!]!
    const share = rows > 0 ? tree.sumHessians[nodes[position]!]! / rows : 0
    shares[position] = share * (same[position] === 0 ? 1 : shares[same[position]!]!)
    reach[position] = share * reach[parent]!
    lengths[position] = lengths[parent]! + (same[position] === 0 ? 1 : 0)
    longest = Math.max(longest, lengths[position]!)
  }
  return { nodes, parents, features, same, shares, reach, longest }
}

function listNodes(tree: Tree) {
  const nodes = [0]
  const parents = [0]
  const firstChildren: number[] = []
  for (let position = 0; position < nodes.length; position++) {
    const left = tree.leftChildren[nodes[position]!]!
    firstChildren.push(left === -1 ? -1 : nodes.length)
    if (left === -1) continue
    nodes.push(left, tree.rightChildren[nodes[position]!]!)
    parents.push(position, position)
  }
  return { nodes: Int32Array.from(nodes), parents: Int32Array.from(parents), firstChildren }
}

/** Walks depth first and tracks the last position below a split by each feature; −1 − position marks its end. */
function sameFeatureAbove(features: Int32Array, firstChildren: readonly number[]): Int32Array {
  const same = new Int32Array(features.length)
  const last = new Map<number, number>()
  const open = [0]
  for (let position = open.pop(); position !== undefined; position = open.pop()) {
    if (position < 0) {
      last.set(features[-1 - position]!, same[-1 - position]!)
      continue
    }
    if (position > 0) {
      same[position] = last.get(features[position]!) ?? 0
      last.set(features[position]!, position)
      open.push(-1 - position)
    }
    const first = firstChildren[position]!
    if (first !== -1) open.push(first, first + 1)
  }
  return same
}
