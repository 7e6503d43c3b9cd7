import type { BoosterData } from '../booster-data.js'
import type { Ground } from '../ground.js'
import { startKernel } from '../kernel/kernel.js'
import { layOut } from '../lay-out.js'
import { type BoosterParams, boosterParams } from '../params.js'
import { Rounds } from '../rounds.js'
import type { GrownTree } from '../tree.js'

/** Boosts in this thread alone: quicker than to start others for a few rows. */
export function boostHere(
  data: BoosterData,
  given: Partial<BoosterParams>,
  change: Partial<Ground> = {},
): { trees: GrownTree[]; ground: Ground } {
  const params = boosterParams({ num_boost_round: 1, ...given })
  const ground = { ...layOut(data, undefined, params, 1), ...change }
  const rounds = new Rounds(ground, startKernel(ground.kernel, ground.memory))
  const trees = Array.from({ length: params.num_boost_round }, () => rounds.next().trees)
  return { trees: trees.flat(), ground }
}

/** What a tree adds for a row of raw values. */
export function predicted(tree: GrownTree, row: ArrayLike<number>): number {
  let node = 0
  while (tree.left[node]! >= 0) {
    const value = row[tree.feature[node]!]!
    const goesLeft = Number.isNaN(value) ? tree.defaultLeft[node] === 1 : value < tree.condition[node]!
    node = goesLeft ? tree.left[node]! : tree.right[node]!
  }
  return tree.condition[node]!
}
