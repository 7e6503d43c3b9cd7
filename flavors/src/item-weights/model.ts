import { invalid } from '@cairn/platform/errors'
import type { SparseRows } from '../arrow/sparse-rows.js'
import type { HistoryTables } from '../recommender/history-folder.js'

/** A score is a sum over the distinct items of the history: of what each says of the scored item. */
export interface ItemWeightsModel extends HistoryTables {
  readonly weights: ItemWeights
}

export type ItemWeights = DenseWeights | SparseWeights | DualWeights

/** Row-major, history item × scored item. */
export interface DenseWeights {
  readonly form: 'dense'
  readonly values: Float32Array
}

/** The largest of each row. */
export interface SparseWeights {
  readonly form: 'sparse'
  readonly rows: SparseRows
}

/**
 * EASE by its users, where those are fewer than the items. With X the users' histories as zeros and ones,
 * K = (XXᵀ + λI)⁻¹, and P = (XᵀX + λI)⁻¹ = (I − XᵀKX) / λ (Woodbury), the weight of item i for item j is −P_ij / P_jj.
 * X is the histories of the model's own users.
 */
export interface DualWeights {
  readonly form: 'dual'
  /** K, row-major, users × users. */
  readonly kernel: Float32Array
  /** P_jj of each item. */
  readonly diagonal: Float64Array
  /** λ */
  readonly regularization: number
}

/** @throws INVALID_PARAMETER_VALUE when the parts do not fit together. */
export function checkItemWeights({ items, users, weights }: ItemWeightsModel): void {
  const n = items.ids.length
  if (weights.form === 'dense') checkLength('weights', weights.values.length, n * n)
  else if (weights.form === 'sparse') checkLength('rows', weights.rows.offsets.length - 1, n)
  else {
    if (!users) throw invalid('item-weights: the dual form needs the histories of its users')
    checkLength('kernel entries', weights.kernel.length, users.ids.length ** 2)
    checkLength('diagonal entries', weights.diagonal.length, n)
    checkDual(weights)
  }
}

function checkDual({ diagonal, regularization }: DualWeights): void {
  if (!(Number.isFinite(regularization) && regularization > 0))
    throw invalid(`item-weights: regularization must be above 0, got ${JSON.stringify(regularization)}`)
  if (!diagonal.every((value) => value > 0)) throw invalid('item-weights: the diagonal must be above 0')
}

function checkLength(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw invalid(`item-weights: ${got} ${what} where the tables ask for ${wanted}`)
}
