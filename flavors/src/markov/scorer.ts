import { addRow, entry, type SparseRows } from '../arrow/sparse-rows.js'
import type { HistoryScorer } from '../recommender/history-scorer.js'

/**
 * An item's score is Σ_l w_l · T[h_l, item] over the last items of the history, h_1 the last; 0 for an item that never
 * followed them. Lag weights `[1]` use the last item only, five ones the last five equally.
 */
export class MarkovScorer implements HistoryScorer {
  readonly items: number
  readonly #transitions: SparseRows
  readonly #lagWeights: readonly number[]

  constructor(transitions: SparseRows, lagWeights: readonly number[]) {
    this.items = transitions.offsets.length - 1
    this.#transitions = transitions
    this.#lagWeights = lagWeights
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    into.fill(0, 0, histories.length * this.items)
    for (const [row, history] of histories.entries()) {
      const scores = into.subarray(row * this.items, (row + 1) * this.items)
      for (let lag = 0; lag < this.#lagWeights.length && lag < history.length; lag++)
        addRow(this.#transitions, history[history.length - 1 - lag]!, this.#lagWeights[lag]!, scores)
    }
  }

  /** Returns a function from an item to what each event of the history, in its order, adds to its score. */
  contributions(history: Int32Array): (item: number) => Float64Array {
    return (item) => {
      const contributions = new Float64Array(history.length)
      for (let lag = 0; lag < this.#lagWeights.length && lag < history.length; lag++) {
        const event = history.length - 1 - lag
        contributions[event] = this.#lagWeights[lag]! * entry(this.#transitions, history[event]!, item)
      }
      return contributions
    }
  }
}
