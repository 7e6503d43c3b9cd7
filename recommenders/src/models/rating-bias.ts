import { invalid } from '@cairn/platform/errors'
import type { Interactions } from '../data/interactions.js'
import { factorScorer } from '../scoring/factor-scorer.js'
import type { Scorer } from '../scoring/scorer.js'

/** How many events an average user or item weighs as much as. */
const SHRINKAGE = 5

/**
 * Predicts a rating by the mean of all, what the item is above it, and what the user is above these (Koren 2009, the
 * baseline estimate). It recommends to everybody the same items: what it predicts is how kindly one rates.
 */
export function fitRatingBias(train: Interactions): Scorer {
  const { users, items, starts, ends, itemOf } = train
  const { values } = train
  if (!values) throw invalid('a rating bias needs ratings, the interactions have none')
  const mean = meanRating(train, values)
  const item = new Shrunk(items.size)
  const user = new Shrunk(users.size)
  for (let row = 0; row < users.size; row++)
    for (let event = starts[row]!; event < ends[row]!; event++)
      item.add(itemOf[event]!, values[event]! - mean)
  for (let row = 0; row < users.size; row++)
    for (let event = starts[row]!; event < ends[row]!; event++)
      user.add(row, values[event]! - mean - item.at(itemOf[event]!))
  const pairs = (rows: number, of: (row: number) => [number, number]) =>
    Float32Array.from({ length: 2 * rows }, (_, at) => of(at >> 1)[at & 1]!)
  const model = {
    dimensions: 2,
    userFactors: pairs(users.size, (row) => [mean + user.at(row), 1]),
    itemFactors: pairs(items.size, (row) => [1, item.at(row)]),
  }
  return { ...factorScorer(model), predictsRatings: true }
}

/** Sums by row, and their means pulled towards zero where there are few. */
class Shrunk {
  readonly #sums: Float64Array
  readonly #counts: Int32Array

  constructor(rows: number) {
    this.#sums = new Float64Array(rows)
    this.#counts = new Int32Array(rows)
  }

  add(row: number, value: number): void {
    this.#sums[row]! += value
    this.#counts[row]!++
  }

  at(row: number): number {
    return this.#sums[row]! / (this.#counts[row]! + SHRINKAGE)
  }
}

function meanRating({ starts, ends }: Interactions, values: Float32Array): number {
  let [sum, n] = [0, 0]
  for (let user = 0; user < starts.length; user++)
    for (let event = starts[user]!; event < ends[user]!; event++, n++) sum += values[event]!
  return n === 0 ? 0 : sum / n
}
