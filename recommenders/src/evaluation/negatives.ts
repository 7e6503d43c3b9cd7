import { randomStream } from '@cairn/platform/statistics/random'
import { hashId, scramble } from '../data/hash.js'
import type { Interactions } from '../data/interactions.js'
import type { ItemLists } from '../data/item-lists.js'
import type { Targets } from './splits/split.js'

/** Rejection sampling gives up after this many draws per negative; the remaining items are then enumerated. */
const TRIES_PER_NEGATIVE = 20

/**
 * The targets of each user followed by `count` negatives: items that are neither in the history nor targets, drawn without
 * replacement with probabilities proportional to `weights`; fewer if fewer items have a positive weight. The draw depends
 * on the user's id and the seed alone, not on the other users.
 */
export function withNegatives(
  histories: Interactions,
  targets: Targets,
  weights: ArrayLike<number>,
  { negatives: count, seed }: { negatives: number; seed: number },
): ItemLists {
  const sums = runningSums(weights)
  const offsets = [0]
  const items: number[] = []
  for (let n = 0; n < targets.users.length; n++) {
    const user = targets.users[n]!
    const relevant = targets.items.subarray(targets.offsets[n], targets.offsets[n + 1])
    const taken = new Set(histories.itemOf.subarray(histories.starts[user], histories.ends[user]))
    for (const item of relevant) taken.add(item)
    const random = randomStream(scramble(hashId(histories.users.at(user)) ^ scramble(seed)))
    items.push(...relevant, ...draw(count, { weights, sums, taken, random }))
    offsets.push(items.length)
  }
  return { offsets: Int32Array.from(offsets), items: Int32Array.from(items) }
}

interface Urn {
  readonly weights: ArrayLike<number>
  /** sums[i] is the total weight of items 0 … i. */
  readonly sums: Float64Array
  /** Items that must not be drawn. */
  readonly taken: Set<number>
  readonly random: () => number
}

function draw(count: number, urn: Urn): number[] {
  const { sums, taken, random } = urn
  const total = sums.at(-1) ?? 0
  const drawn: number[] = []
  for (let tries = count * TRIES_PER_NEGATIVE; tries > 0 && drawn.length < count; tries--) {
    const item = itemAt(random() * total, sums)
    if (item >= sums.length || taken.has(item)) continue
    taken.add(item)
    drawn.push(item)
  }
  return drawn.length === count ? drawn : [...drawn, ...drawFromRest(count - drawn.length, urn)]
}

/** Efraimidis and Spirakis 2006: the items with the smallest −ln(u) / weight are a weighted sample without replacement. */
function drawFromRest(count: number, { weights, taken, random }: Urn): number[] {
  const rest: { item: number; key: number }[] = []
  for (let item = 0; item < weights.length; item++)
    if (weights[item]! > 0 && !taken.has(item))
      rest.push({ item, key: -Math.log(1 - random()) / weights[item]! })
  return rest
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ item }) => item)
}

function runningSums(weights: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(weights.length)
  for (let item = 0, sum = 0; item < weights.length; item++) {
    sum += weights[item]!
    sums[item] = sum
  }
  return sums
}

/** The first item whose running sum exceeds `at`. */
function itemAt(at: number, sums: Float64Array): number {
  let low = 0
  let high = sums.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > at) high = middle
    else low = middle + 1
  }
  return low
}
