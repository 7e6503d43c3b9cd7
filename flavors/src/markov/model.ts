import { invalid } from '@cairn/platform/errors'
import type { SparseRows } from '../arrow/sparse-rows.js'
import type { HistoryTables } from '../recommender/history-folder.js'

/** A Markov chain: predicts the next item by counts of item transitions. */
export interface MarkovModel extends HistoryTables {
  /** For each item the smoothed shares of the items that followed it. */
  readonly transitions: SparseRows
  /** Weights of the last item of a history, the second to last, … */
  readonly lagWeights: readonly number[]
}

const MAX_LAGS = 1000

/** @throws INVALID_PARAMETER_VALUE when sizes are inconsistent or lag weights invalid */
export function checkMarkovModel({ items, transitions, lagWeights }: MarkovModel): void {
  if (transitions.offsets.length !== items.ids.length + 1)
    throw invalid(
      `markov: ${transitions.offsets.length - 1} rows of transitions for ${items.ids.length} items`,
    )
  checkLagWeights(lagWeights)
}

export function checkLagWeights(weights: unknown): asserts weights is number[] {
  const fits = Array.isArray(weights) && weights.length > 0 && weights.length <= MAX_LAGS
  if (!fits || !weights.every((weight) => typeof weight === 'number' && Number.isFinite(weight)))
    throw invalid(`markov: lag_weights must be 1 to ${MAX_LAGS} numbers`)
}
