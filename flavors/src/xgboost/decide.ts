import { members } from './category-sets.js'
import type { Tree } from './model.js'

/** Answers whether a float32 value goes left at a node of one tree. */
export type Decide = (node: number, value: number) => boolean

/** In plain code what the kernel does in bulk, for who walks a tree for other reasons than its leaf. */
export function decider(tree: Tree): Decide {
  const { defaultLeft, splitConditions, categories } = tree
  if (!categories)
    return (node, value) => value < splitConditions[node]! || (Number.isNaN(value) && defaultLeft[node] === 1)
  const sets = new Map<number, ReadonlySet<number>>()
  for (const [index, node] of categories.nodes.entries()) sets.set(node, new Set(members(categories, index)))
  return (node, value) => {
    if (Number.isNaN(value)) return defaultLeft[node] === 1
    const set = sets.get(node)
    return set ? !(value >= 0 && set.has(Math.trunc(value))) : value < splitConditions[node]!
  }
}
