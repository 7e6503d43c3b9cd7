import type { BoosterData } from '../booster-data.js'
import { createLayout } from '../create-layout.js'
import { startBoostingKernel } from '../kernel/boosting-kernel.js'
import { type BoosterParams, resolveBoosterParams } from '../parameters.js'
import { Rounds } from '../rounds.js'
import type { SharedLayout } from '../shared-layout.js'
import type { GrownTree } from '../tree.js'

/** Trains in the current thread, which is faster for few rows than starting threads. */
export function boostInThread(
  data: BoosterData,
  overrides: Partial<BoosterParams>,
  change: Partial<SharedLayout> = {},
): { trees: GrownTree[]; layout: SharedLayout } {
  const params = resolveBoosterParams({ num_boost_round: 1, ...overrides })
  const layout = { ...createLayout(data, undefined, params, 1), ...change }
  const rounds = new Rounds(layout, startBoostingKernel(layout.kernel, layout.memory))
  const trees = Array.from({ length: params.num_boost_round }, () => rounds.next().trees)
  return { trees: trees.flat(), layout }
}

/** The output of a tree for a row of raw values. */
export function predictRow(tree: GrownTree, row: ArrayLike<number>): number {
  let node = 0
  while (tree.left[node]! >= 0) {
    const value = row[tree.feature[node]!]!
    const goesLeft = Number.isNaN(value) ? tree.defaultLeft[node] === 1 : value < tree.condition[node]!
    node = goesLeft ? tree.left[node]! : tree.right[node]!
  }
  return tree.condition[node]!
}
