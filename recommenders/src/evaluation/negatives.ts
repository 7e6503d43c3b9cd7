import { randomStream } from '@cairn/platform/statistics/random'
import { hashId, scramble } from '../data/hash.js'
import type { Interactions } from '../data/interactions.js'
import type { ItemLists } from './ranking/ranking-task.js'
import type { Targets } from './splits/split.js'

/** Draws that may fail, for each negative, before what is left is gone through one by one. */
const PATIENCE = 20

/**
 * The targets of each user and `count` items that they have had nothing to do with, drawn one after the other with
 * probabilities by `weights` and without replacement; fewer where there are not as many of any weight. A user's draw
 * depends on their id and the seed alone, not on who else is asked.
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
  /** sums[i] is the weight of the items before i + 1. */
  readonly sums: Float64Array
  /** What may not be drawn (again). */
  readonly taken: Set<number>
  readonly random: () => number
}

function draw(count: number, urn: Urn): number[] {
  const { sums, taken, random } = urn
  const total = sums.at(-1) ?? 0
  const drawn: number[] = []
  for (let tries = count * PATIENCE; tries > 0 && drawn.length < count; tries--) {
    const item = placeOf(random() * total, sums)
    if (item >= sums.length || taken.has(item)) continue
    taken.add(item)
    drawn.push(item)
  }
  return drawn.length === count ? drawn : [...drawn, ...drawFromRest(count - drawn.length, urn)]
}

/** Efraimidis and Spirakis 2006: the smallest −ln(u) / weight are a weighted draw without replacement. */
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
function placeOf(at: number, sums: Float64Array): number {
  let low = 0
  let high = sums.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! > at) high = middle
    else low = middle + 1
  }
  return low
}
