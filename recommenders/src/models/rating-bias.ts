import { invalid } from '@cairn/platform/errors'
import type { Interactions } from '../data/interactions.js'
import { factorScorer } from '../scoring/factor-scorer.js'
import type { Scorer } from '../scoring/scorer.js'

const SHRINKAGE = 5 // the weight of the prior, in events

/**
 * Predicts a rating as global mean plus item bias plus user bias (the baseline estimate of Koren 2009). It recommends the
 * same items to all users, as a user's bias does not change the order, so it is only a reference in leaderboards.
 */
export function fitRatingBias(train: Interactions): Scorer {
  const { users, items, starts, ends, itemOf } = train
  const { values } = train
  if (!values) throw invalid('a rating bias needs ratings, but the interactions have none')
  const mean = meanRating(train, values)
  const item = new ShrunkMeans(items.size)
  const user = new ShrunkMeans(users.size)
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

/** Means by row, shrunk towards zero if the row has few values. */
class ShrunkMeans {
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
