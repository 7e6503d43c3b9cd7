import { invalid } from '@cairn/platform/errors'
import type { Tree } from './model.js'

/** Limits memory: a hostile file may have sets of 16 M categories in many nodes. */
const MAX_WORDS = 1 << 24

export interface CategorySets {
  /** Each set is its number of bits, followed by the bits. */
  readonly words: Uint32Array
  /** Start of each node's set, by tree. */
  readonly starts: readonly ReadonlyMap<number, number>[]
}

/** Encodes the categories that go right as bit sets. @throws INVALID_PARAMETER_VALUE when the sets are too large */
export function buildCategorySets(trees: readonly Tree[]): CategorySets {
  let length = 0
  const starts = trees.map(({ categories }) => {
    const nodeStarts = new Map<number, number>()
    for (const [index, node] of (categories?.nodes ?? []).entries()) {
      nodeStarts.set(node, length)
      length += 1 + Math.ceil(bitLength(categoriesOf(categories!, index)) / 32)
      if (length > MAX_WORDS) throw invalid(`xgboost: category sets of more than ${32 * MAX_WORDS} bits`)
    }
    return nodeStarts
  })
  const words = new Uint32Array(length)
  for (const [index, { categories }] of trees.entries())
    for (const [at, node] of (categories?.nodes ?? []).entries())
      writeSet(words, starts[index]!.get(node)!, categoriesOf(categories!, at))
  return { words, starts }
}

/** Returns the categories of the `index`-th set of a tree. */
export const categoriesOf = ({ segments, sizes, values }: NonNullable<Tree['categories']>, index: number) =>
  values.subarray(segments[index], segments[index]! + sizes[index]!)

const bitLength = (categories: Int32Array) =>
  categories.reduce((most, category) => Math.max(most, category + 1), 0)

function writeSet(words: Uint32Array, start: number, categories: Int32Array): void {
  words[start] = bitLength(categories)
  for (const category of categories) words[start + 1 + (category >>> 5)]! |= 1 << (category & 31)
}
