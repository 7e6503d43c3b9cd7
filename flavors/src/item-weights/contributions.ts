import type { Contributions } from '../recommender/explanation.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/** A scorer whose scores fall apart into what each item of the history adds. */
export interface WeightsScorer extends HistoryScorer {
  /** What each place of the history adds to the score of `row`; 0 where an item comes again. */
  readonly contributions: Contributions
}

/** One number for the first place of each item, 0 for the others. */
export function atFirstOccurrence(history: Int32Array, of: (row: number) => number): Float64Array {
  const seen = new Set<number>()
  return Float64Array.from(history, (row) => {
    if (seen.has(row)) return 0
    seen.add(row)
    return of(row)
  })
}
