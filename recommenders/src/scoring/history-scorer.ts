import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { IdMap } from '../data/id-map.js'
import type { Scorer } from './scorer.js'

/** Presents each history as that of an unknown user, so that a score depends on the history alone. */
export const toHistoryScorer = (scorer: Scorer, items: IdMap): HistoryScorer => ({
  items: items.size,
  score(histories, into) {
    const users = Int32Array.from(histories.keys())
    const ends = new Int32Array(histories.length)
    let end = 0
    for (const [n, history] of histories.entries()) ends[n] = end += history.length
    const starts = ends.map((last, n) => last - histories[n]!.length)
    const itemOf = new Int32Array(end)
    for (const [n, history] of histories.entries()) itemOf.set(history, starts[n])
    const unknown = { users: new IdMap(users), items, starts, ends, itemOf, order: 'as given' }
    return scorer.score({ ...unknown, times: undefined, values: undefined }, users, into)
  },
  ...(scorer.close && { close: () => scorer.close!() }),
})

/** Adapts a model that scores histories. Users with an empty history get −Infinity for every item. */
export function fromHistoryScorer(model: HistoryScorer): Scorer {
  return {
    async score({ starts, ends, itemOf }, users, into, signal) {
      signal?.throwIfAborted()
      const histories = Array.from(users, (user) => itemOf.subarray(starts[user], ends[user]))
      const known = histories.flatMap((history, index) => (history.length > 0 ? [index] : []))
      const { items } = model
      const scores = known.length === users.length ? into : new Float32Array(known.length * items)
      await model.score(
        known.map((index) => histories[index]!),
        scores,
      )
      if (scores === into) return
      into.fill(Number.NEGATIVE_INFINITY)
      for (const [row, index] of known.entries())
        into.set(scores.subarray(row * items, (row + 1) * items), index * items)
    },
    ...(model.close && { close: () => model.close!() }),
  }
}
