import type { Contributions } from '../recommender/explanation.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/** A scorer whose scores are sums over the distinct items of the history. */
export interface WeightsScorer extends HistoryScorer {
  /** Repeats contribute 0. */
  readonly contributions: Contributions
}

/** Maps the first occurrence of each item to a number, and repeats to 0. */
export function atFirstOccurrence(history: Int32Array, value: (row: number) => number): Float64Array {
  const seen = new Set<number>()
  return Float64Array.from(history, (row) => {
    if (seen.has(row)) return 0
    seen.add(row)
    return value(row)
  })
}
