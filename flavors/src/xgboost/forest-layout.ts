import type { Tree, TreeBooster } from './model.js'

/** Of a node, in words: condition or set, address of the left child, feature, value. */
export const NODE_WORDS = 4
/** Of a tree, in words: address of the root, depth, output. */
export const TREE_WORDS = 3
/** The kernel takes trees by four; what it walks in vain must be there. */
export const SPARE_TREES = 3

const [GOES_RIGHT_IF_MISSING, HAS_SET] = [1, 2]

/** Nodes in the order in which the kernel has them: breadth first, reachable ones only, siblings side by side. */
export interface Places {
  /** The node of its tree that stands at each place. */
  readonly nodes: Int32Array
  /** Of a split: the place of its left child; of a leaf: its own. */
  readonly lefts: Int32Array
  /** One more than there are trees. */
  readonly roots: Int32Array
  readonly depths: Int32Array
}

export function placeNodes(trees: readonly Tree[]): Places {
  const total = trees.reduce((sum, tree) => sum + tree.leftChildren.length, 0)
  const nodes = new Int32Array(total)
  const lefts = new Int32Array(total)
  const roots = new Int32Array(trees.length + 1)
  const depths = new Int32Array(trees.length)
  let end = 0
  for (const [index, { leftChildren, rightChildren }] of trees.entries()) {
    roots[index] = end
    nodes[end++] = 0
    for (let place = roots[index]!, level = end; place < end; place++) {
      if (place === level) {
        depths[index]!++
        level = end
      }
      const left = leftChildren[nodes[place]!]!
      lefts[place] = left === -1 ? place : end
      if (left === -1) continue
      nodes[end++] = left
      nodes[end++] = rightChildren[nodes[place]!]!
    }
  }
  roots[trees.length] = end
  return { nodes: nodes.slice(0, end), lefts: lefts.slice(0, end), roots, depths }
}

/** Where the kernel finds things: byte addresses. */
export interface Addresses {
  readonly nodes: number
  readonly trees: number
}

/** `sets`: where the category sets of each tree's nodes start. */
export function writeForest(
  buffer: ArrayBuffer,
  { nodes, trees: at }: Addresses,
  { trees, treeGroups, treeWeights }: TreeBooster,
  places: Places,
  sets: readonly ReadonlyMap<number, number>[],
  constant: number,
): void {
  const entries = new Uint32Array(buffer, at, TREE_WORDS * (trees.length + SPARE_TREES))
  for (const [index, tree] of trees.entries()) {
    const from = places.roots[index]!
    writeNodes(buffer, nodes, tree, places, index, {
      sets: sets[index]!,
      weight: treeWeights?.[index] ?? 1,
      constant,
    })
    entries.set(
      [nodes + 4 * NODE_WORDS * from, places.depths[index]!, treeGroups[index]!],
      TREE_WORDS * index,
    )
  }
  for (let spare = trees.length; trees.length > 0 && spare < trees.length + SPARE_TREES; spare++)
    entries[TREE_WORDS * spare] = entries[0]!
}

interface NodeContext {
  readonly sets: ReadonlyMap<number, number>
  /** What leaves are multiplied by. */
  readonly weight: number
  /** The feature that is 0 in every row. */
  readonly constant: number
}

function writeNodes(
  buffer: ArrayBuffer,
  base: number,
  tree: Tree,
  { nodes, lefts, roots }: Places,
  index: number,
  { sets, weight, constant }: NodeContext,
): void {
  const words = new Uint32Array(buffer, base, NODE_WORDS * nodes.length)
  const floats = new Float32Array(buffer, base, NODE_WORDS * nodes.length)
  for (let place = roots[index]!; place < roots[index + 1]!; place++) {
    const node = nodes[place]!
    const at = NODE_WORDS * place
    const set = sets.get(node)
    words[at + 1] = base + 4 * NODE_WORDS * lefts[place]!
    if (lefts[place] === place) {
      floats[at] = Number.POSITIVE_INFINITY
      words[at + 2] = 4 * constant
      floats[at + 3] = weight * tree.splitConditions[node]!
      continue
    }
    if (set === undefined) floats[at] = tree.splitConditions[node]!
    else words[at] = set
    const missing = tree.defaultLeft[node] === 1 ? 0 : GOES_RIGHT_IF_MISSING
    words[at + 2] = (4 * tree.splitFeatures[node]!) | missing | (set === undefined ? 0 : HAS_SET)
  }
}
