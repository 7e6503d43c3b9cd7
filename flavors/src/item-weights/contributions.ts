import type { Contributions } from '../recommender/explanation.js'
import { firstOccurrences } from '../recommender/first-occurrences.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/** A scorer whose scores are sums over the distinct items of the history. */
export interface WeightsScorer extends HistoryScorer {
  /** Repeats contribute 0. */
  readonly contributions: Contributions
}

/** Contributions of a sum over the distinct items of the history. `weightFor` returns the weights of rows for an item. */
export function contributionsOf(
  history: Int32Array,
  weightFor: (item: number) => (row: number) => number,
): (item: number) => Float64Array {
  const first = firstOccurrences(history)
  return (item) => {
    const weight = weightFor(item)
    const contributions = new Float64Array(history.length)
    for (let event = 0; event < history.length; event++)
      if (first[event] === 1) contributions[event] = weight(history[event]!)
    return contributions
  }
}
