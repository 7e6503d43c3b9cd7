import type { Tree } from './model.js'

/** What explaining a tree needs to know of it, whatever the row. All lists are by place; the root's is 0. */
export interface ShapPaths {
  /** The node at each place, breadth first. */
  readonly nodes: Int32Array
  readonly parents: Int32Array
  /** Feature of the split above. */
  readonly features: Int32Array
  /** The nearest place above that is below a split by the same feature; 0 where there is none. */
  readonly same: Int32Array
  /** z: the share of training rows that take all splits above by this feature. */
  readonly shares: Float64Array
  /** The share of training rows that get here. */
  readonly reach: Float64Array
  /** The most features that one path asks for. */
  readonly longest: number
}

export function shapPaths(tree: Tree): ShapPaths {
  const { nodes, parents, firstChildren } = listNodes(tree)
  const features = nodes.map((_, place) => tree.splitFeatures[nodes[parents[place]!]!]!)
  const same = sameFeatureAbove(features, firstChildren)
  const shares = new Float64Array(nodes.length).fill(1)
  const reach = new Float64Array(nodes.length).fill(1)
  const lengths = new Int32Array(nodes.length)
  let longest = 0
  for (let place = 1; place < nodes.length; place++) {
    const parent = parents[place]!
    const rows = tree.sumHessians[nodes[parent]!]!
    const share = rows > 0 ? tree.sumHessians[nodes[place]!]! / rows : 0
    shares[place] = share * (same[place] === 0 ? 1 : shares[same[place]!]!)
    reach[place] = share * reach[parent]!
    lengths[place] = lengths[parent]! + (same[place] === 0 ? 1 : 0)
    longest = Math.max(longest, lengths[place]!)
  }
  return { nodes, parents, features, same, shares, reach, longest }
}

function listNodes(tree: Tree) {
  const nodes = [0]
  const parents = [0]
  const firstChildren: number[] = []
  for (let place = 0; place < nodes.length; place++) {
    const left = tree.leftChildren[nodes[place]!]!
    firstChildren.push(left === -1 ? -1 : nodes.length)
    if (left === -1) continue
    nodes.push(left, tree.rightChildren[nodes[place]!]!)
    parents.push(place, place)
  }
  return { nodes: Int32Array.from(nodes), parents: Int32Array.from(parents), firstChildren }
}

/** Depth first, so that the last place below a split by each feature is at hand; −1 − place is its end. */
function sameFeatureAbove(features: Int32Array, firstChildren: readonly number[]): Int32Array {
  const same = new Int32Array(features.length)
  const last = new Map<number, number>()
  const open = [0]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place < 0) {
      last.set(features[-1 - place]!, same[-1 - place]!)
      continue
    }
    if (place > 0) {
      same[place] = last.get(features[place]!) ?? 0
      last.set(features[place]!, place)
      open.push(-1 - place)
    }
    const first = firstChildren[place]!
    if (first !== -1) open.push(first, first + 1)
  }
  return same
}
