import { randomStream } from '@cairn/platform/statistics/random'
import type { Interactions } from '../../data/interactions.js'
import { mixSeed, shuffled } from './seeds.js'
import type { Sequences } from './shards.js'

/** Users whose last event is predicted during training, by descending length of their histories. */
export interface Validation {
  /** The events before the last. */
  readonly histories: Sequences
  readonly targets: Int32Array
}

/** Users with fewer events are not used for validation. */
const MIN_EVENTS = 3

/**
 * Holds out the last event of at most `most` users, and of at most half of them. Users with fewer than two remaining events
 * are not trained on.
 */
export function holdOutValidation(
  train: Interactions,
  { most, seed }: { most: number; seed: number },
): { sequences: Sequences; validation: Validation } {
  const { starts, itemOf } = train
  const ends = train.ends.slice()
  const able = [...starts.keys()].filter((user) => ends[user]! - starts[user]! >= MIN_EVENTS)
  const order = shuffled(able.length, randomStream(mixSeed(seed, 3)))
  const chosen = Array.from(order.subarray(0, Math.min(most, able.length >> 1)), (n) => able[n]!)
  for (const user of chosen) ends[user]!--
  const length = (user: number) => ends[user]! - starts[user]!
  chosen.sort((a, b) => length(b) - length(a) || a - b)
  const learned = [...starts.keys()].filter((user) => length(user) >= 2)
  const of = (users: number[]): Sequences => ({
    starts: Int32Array.from(users, (user) => starts[user]!),
    ends: Int32Array.from(users, (user) => ends[user]!),
    itemOf,
  })
  const targets = Int32Array.from(chosen, (user) => itemOf[ends[user]!]!)
  return { sequences: of(learned), validation: { histories: of(chosen), targets } }
}

/** The rank of the target, from 0, among the items that are not in the history; ties have their mean rank. */
export function targetRank(scores: Float32Array, target: number, history: Int32Array): number {
  const score = scores[target]!
  const candidate = new Uint8Array(scores.length).fill(1)
  for (const item of history) candidate[item] = 0
  let rank = 0
  for (let item = 0; item < scores.length; item++) {
    if (candidate[item] === 0 || item === target) continue
    if (scores[item]! > score) rank++
    else if (scores[item] === score) rank += 0.5
  }
  return rank
}

export function validationMetrics(ranks: Float64Array): { ndcg: number; hitRate: number } {
  const hits = ranks.filter((rank) => rank < 10)
  const gain = hits.reduce((sum, rank) => sum + 1 / Math.log2(rank + 2), 0)
  return { ndcg: gain / ranks.length, hitRate: hits.length / ranks.length }
}
