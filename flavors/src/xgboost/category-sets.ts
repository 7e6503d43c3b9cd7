import { invalid } from '@cairn/platform/errors'
import type { Tree } from './model.js'

/** Sets of 16 M categories in each of many nodes: no model, but a way to fill the memory. */
const MAX_WORDS = 1 << 24

export interface CategorySets {
  /** Each set: its number of bits, then the bits. */
  readonly words: Uint32Array
  /** For each tree: where the set of a node starts. */
  readonly starts: readonly ReadonlyMap<number, number>[]
}

/** The categories that go right, as bits. @throws INVALID_PARAMETER_VALUE when there are unreasonably many. */
export function collectSets(trees: readonly Tree[]): CategorySets {
  let length = 0
  const starts = trees.map(({ categories }) => {
    const places = new Map<number, number>()
    for (const [index, node] of (categories?.nodes ?? []).entries()) {
      places.set(node, length)
      length += 1 + Math.ceil(bitLength(members(categories!, index)) / 32)
      if (length > MAX_WORDS) throw invalid(`xgboost: category sets of more than ${32 * MAX_WORDS} bits`)
    }
    return places
  })
  const words = new Uint32Array(length)
  for (const [index, { categories }] of trees.entries())
    for (const [at, node] of (categories?.nodes ?? []).entries())
      writeSet(words, starts[index]!.get(node)!, members(categories!, at))
  return { words, starts }
}

/** The categories of the set of number `index` in its tree. */
export const members = ({ segments, sizes, values }: NonNullable<Tree['categories']>, index: number) =>
  values.subarray(segments[index], segments[index]! + sizes[index]!)

const bitLength = (categories: Int32Array) =>
  categories.reduce((most, category) => Math.max(most, category + 1), 0)

function writeSet(words: Uint32Array, start: number, categories: Int32Array): void {
  words[start] = bitLength(categories)
  for (const category of categories) words[start + 1 + (category >>> 5)]! |= 1 << (category & 31)
}
