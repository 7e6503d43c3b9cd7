import type { Histories } from '../recommender/user-histories.js'
import { atFirstOccurrence, type WeightsScorer } from './contributions.js'
import type { DualWeights } from './model.js'

/** Scores with EASE in its dual form: users² + events operations per history, without an item × item matrix. */
export class DualScorer implements WeightsScorer {
  readonly items: number
  readonly #weights: DualWeights
  readonly #users: number
  /** The rows of X, and its columns. */
  readonly #byUser: Histories
  readonly #byItem: Histories

  constructor(weights: DualWeights, items: number, histories: Histories) {
    this.items = items
    this.#weights = weights
    this.#users = histories.offsets.length - 1
    this.#byUser = distinct(histories)
    this.#byItem = transpose(this.#byUser, items)
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    const { diagonal, regularization } = this.#weights
    for (const [n, history] of histories.entries()) {
      const scores = into.subarray(n * this.items, (n + 1) * this.items).fill(0)
      const distinctItems = new Set(history)
      const shares = this.#shares(distinctItems)
      for (let user = 0; user < this.#users; user++)
        for (let at = this.#byUser.offsets[user]!; at < this.#byUser.offsets[user + 1]!; at++)
          scores[this.#byUser.items[at]!]! += shares[user]!
      for (let item = 0; item < this.items; item++) scores[item]! /= regularization * diagonal[item]!
      // An item does not contribute to itself: removes its term −P_jj / P_jj, of which 1/λ is from I
      for (const item of distinctItems) scores[item]! += 1 - 1 / (regularization * diagonal[item]!)
    }
  }

  contributions(history: Int32Array): (item: number) => Float64Array {
    const { diagonal, regularization } = this.#weights
    const { offsets, items: users } = this.#byItem
    return (item) => {
      const shares = this.#shares([item])
      return atFirstOccurrence(history, (row) => {
        if (row === item) return 0
        let sum = 0
        for (let n = offsets[row]!; n < offsets[row + 1]!; n++) sum += shares[users[n]!]!
        return sum / (regularization * diagonal[item]!)
      })
    }
  }

  /** K·X·h: the weight of each user for a history. */
  #shares(history: Iterable<number>): Float64Array {
    const counts = new Float64Array(this.#users)
    for (const item of history)
      for (let n = this.#byItem.offsets[item]!; n < this.#byItem.offsets[item + 1]!; n++)
        counts[this.#byItem.items[n]!]! += 1
    const shares = new Float64Array(this.#users)
    for (let user = 0; user < this.#users; user++) {
      const from = user * this.#users
      let sum = 0
      for (let other = 0; other < this.#users; other++)
        sum += this.#weights.kernel[from + other]! * counts[other]!
      shares[user] = sum
    }
    return shares
  }
}

function distinct({ offsets, items }: Histories): Histories {
  const sets = Array.from({ length: offsets.length - 1 }, (_, user) =>
    [...new Set(items.subarray(offsets[user], offsets[user + 1]))].sort((a, b) => a - b),
  )
  const ends = new Int32Array(offsets.length)
  for (const [user, set] of sets.entries()) ends[user + 1] = ends[user]! + set.length
  return { offsets: ends, items: Int32Array.from(sets.flat()) }
}

function transpose({ offsets, items }: Histories, columns: number): Histories {
  const ends = new Int32Array(columns + 1)
  for (const item of items) ends[item + 1]!++
  for (let item = 0; item < columns; item++) ends[item + 1]! += ends[item]!
  const next = ends.slice()
  const users = new Int32Array(items.length)
  for (let user = 0; user + 1 < offsets.length; user++)
    for (let n = offsets[user]!; n < offsets[user + 1]!; n++) users[next[items[n]!]!++] = user
  return { offsets: ends, items: users }
}
