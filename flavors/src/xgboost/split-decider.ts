import { categoriesOf } from './category-sets.js'
import type { Tree } from './model.js'

/** Returns whether a float32 value goes left at a node. */
export type SplitDecision = (node: number, value: number) => boolean

/** Split decisions of a tree outside the kernel, for walks that need more than the leaf. */
export function splitDecider(tree: Tree): SplitDecision {
  const { defaultLeft, splitConditions, categories } = tree
  if (!categories)
    return (node, value) => value < splitConditions[node]! || (Number.isNaN(value) && defaultLeft[node] === 1)
  const sets = new Map<number, ReadonlySet<number>>()
  for (const [index, node] of categories.nodes.entries())
    sets.set(node, new Set(categoriesOf(categories, index)))
  return (node, value) => {
    if (Number.isNaN(value)) return defaultLeft[node] === 1
    const set = sets.get(node)
    return set ? !(value >= 0 && set.has(Math.trunc(value))) : value < splitConditions[node]!
  }
}
