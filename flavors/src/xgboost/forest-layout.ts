import type { Tree, TreeBooster } from './model.js'

/** Words of a node: condition or set, address of the left child, feature, value. */
export const NODE_WORDS = 4
/** Words of a tree: address of the root, depth, output. */
export const TREE_WORDS = 3
/** The kernel walks trees four at a time, so the list is padded with dummy trees. */
export const PADDING_TREES = 3

const [GOES_RIGHT_IF_MISSING, HAS_SET] = [1, 2]

/** Order of the nodes in the kernel: breadth first, reachable ones only, siblings adjacent. */
export interface NodeLayout {
  /** Node id, within its tree, at each position. */
  readonly nodes: Int32Array
  /** For a split the position of its left child, for a leaf its own. */
  readonly lefts: Int32Array
  /** Position of each tree's root, and the end of the last tree. */
  readonly roots: Int32Array
  readonly depths: Int32Array
}

export function layOutNodes(trees: readonly Tree[]): NodeLayout {
  const total = trees.reduce((sum, tree) => sum + tree.leftChildren.length, 0)
  const nodes = new Int32Array(total)
  const lefts = new Int32Array(total)
  const roots = new Int32Array(trees.length + 1)
  const depths = new Int32Array(trees.length)
  let end = 0
  for (const [index, { leftChildren, rightChildren }] of trees.entries()) {
    roots[index] = end
    nodes[end++] = 0
    for (let position = roots[index]!, level = end; position < end; position++) {
      if (position === level) {
        depths[index]!++
        level = end
      }
      const left = leftChildren[nodes[position]!]!
      lefts[position] = left === -1 ? position : end
      if (left === -1) continue
      nodes[end++] = left
      nodes[end++] = rightChildren[nodes[position]!]!
    }
  }
  roots[trees.length] = end
  return { nodes: nodes.slice(0, end), lefts: lefts.slice(0, end), roots, depths }
}

/** Byte addresses in the memory of the kernel. */
export interface ForestAddresses {
  readonly nodes: number
  readonly trees: number
}

export interface ForestContents {
  readonly booster: TreeBooster
  readonly layout: NodeLayout
  /** The start of each node's category set, by tree. */
  readonly sets: readonly ReadonlyMap<number, number>[]
  /** Index of the constant feature, 0 in every row. */
  readonly constant: number
}

export function writeForest(
  buffer: ArrayBuffer,
  { nodes, trees: at }: ForestAddresses,
  { booster, layout, sets, constant }: ForestContents,
): void {
  const { trees, treeGroups, treeWeights } = booster
  const entries = new Uint32Array(buffer, at, TREE_WORDS * (trees.length + PADDING_TREES))
  for (const [index, tree] of trees.entries()) {
    const from = layout.roots[index]!
    const words = new Uint32Array(buffer, nodes, NODE_WORDS * layout.nodes.length)
    writeNodes(words, layout, {
      tree,
      index,
      sets: sets[index]!,
      weight: treeWeights?.[index] ?? 1,
      constant,
    })
    entries.set(
      [nodes + 4 * NODE_WORDS * from, layout.depths[index]!, treeGroups[index]!],
      TREE_WORDS * index,
    )
  }
  for (let padding = trees.length; trees.length > 0 && padding < trees.length + PADDING_TREES; padding++)
    entries[TREE_WORDS * padding] = entries[0]!
}

interface TreeContents {
  readonly tree: Tree
  /** The position of the tree in the forest. */
  readonly index: number
  readonly sets: ReadonlyMap<number, number>
  /** Factor of the leaf values. */
  readonly weight: number
  /** Index of the constant feature, 0 in every row. */
  readonly constant: number
}

/** @param words of the nodes of the forest, in the memory of the kernel */
function writeNodes(
  words: Uint32Array,
  { nodes, lefts, roots }: NodeLayout,
  { tree, index, sets, weight, constant }: TreeContents,
): void {
  const { buffer, byteOffset: base } = words
  const floats = new Float32Array(buffer, base, words.length)
  for (let position = roots[index]!; position < roots[index + 1]!; position++) {
    const node = nodes[position]!
    const at = NODE_WORDS * position
    const set = sets.get(node)
    words[at + 1] = base + 4 * NODE_WORDS * lefts[position]!
    if (lefts[position] === position) {
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
