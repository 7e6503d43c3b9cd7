import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import type { Interactions } from '../data/interactions.js'

/** A fitted model as evaluation, fusion and the second stage see it. Items are those of the interactions' id map. */
export interface Scorer {
  /**
   * Scores every item for each of `users` from their events in `histories`, which has the id maps of the training part
   * and need not be it. `into` is users × items, row-major; −Infinity where the model can say nothing. What comes out
   * depends neither on threads nor on the other users.
   */
  score(histories: Interactions, users: Int32Array, into: Float32Array, signal?: AbortSignal): Promise<void>
  /** The scores are ratings on the scale of the data, so their errors can be measured. */
  readonly predictsRatings?: boolean
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

/** A model that goes by the history alone. Users without one get no scores. */
export function scorerOf(model: HistoryScorer): Scorer {
  return {
    async score({ starts, ends, itemOf }, users, into, signal) {
      signal?.throwIfAborted()
      const histories = Array.from(users, (user) => itemOf.subarray(starts[user], ends[user]))
      const known = histories.flatMap((history, place) => (history.length > 0 ? [place] : []))
      const { items } = model
      const scores = known.length === users.length ? into : new Float32Array(known.length * items)
      await model.score(
        known.map((place) => histories[place]!),
        scores,
      )
      if (scores === into) return
      into.fill(Number.NEGATIVE_INFINITY)
      for (const [row, place] of known.entries())
        into.set(scores.subarray(row * items, (row + 1) * items), place * items)
    },
    ...(model.close && { close: () => model.close!() }),
  }
}
