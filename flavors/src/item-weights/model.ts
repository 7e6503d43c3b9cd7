import { invalid } from '@cairn/platform/errors'
import type { SparseRows } from '../arrow/sparse-rows.js'
import type { HistoryTables } from '../recommender/history-folder.js'

/** A score is the sum of the weights of the history's distinct items for the scored item. */
export interface ItemWeightsModel extends HistoryTables {
  readonly weights: ItemWeights
}

export type ItemWeights = DenseWeights | SparseWeights | DualWeights

/** Values are row-major, history item × scored item. */
export interface DenseWeights {
  readonly form: 'dense'
  readonly values: Float32Array
}

/** The largest weights of each row. */
export interface SparseWeights {
  readonly form: 'sparse'
  readonly rows: SparseRows
}

/**
 * The dual form of EASE, smaller if there are fewer users than items. With X the users' histories as zeros and ones,
 * K = (XXᵀ + λI)⁻¹, and P = (XᵀX + λI)⁻¹ = (I − XᵀKX) / λ (Woodbury), the weight of item i for item j is −P_ij / P_jj.
 * X is built from the histories of the model's own users.
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

/** @throws INVALID_PARAMETER_VALUE when sizes are inconsistent or values out of range */
export function checkItemWeights({ items, users, weights }: ItemWeightsModel): void {
  const n = items.ids.length
  if (weights.form === 'dense') checkLength('weights', weights.values.length, n * n)
  else if (weights.form === 'sparse') checkLength('rows', weights.rows.offsets.length - 1, n)
  else {
    if (!users) throw invalid('item-weights: the dual form requires the histories of its users')
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

function checkLength(name: string, actual: number, expected: number): void {
  if (actual !== expected)
    throw invalid(`item-weights: ${actual} ${name}, expected ${expected} from the tables`)
}
