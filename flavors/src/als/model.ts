import { invalid } from '@cairn/platform/errors'
import type { Id } from '../id.js'
import type { ItemMetadata } from '../recommender/item-table.js'
import type { Histories } from '../recommender/user-histories.js'

/** Training parameters that fold-in needs, under the names that training uses. */
export interface AlsParameters {
  /** λ of the L2 penalty. */
  readonly regularization: number
  /** α0, the weight of all pairs as implicit zeros. */
  readonly unobserved_weight: number
  /** ν: a row with n events is penalized λ(n + α0·columns)^ν. */
  readonly regularization_exponent: number
  /** Other training parameters, for information. */
  readonly [name: string]: unknown
}

/** An implicit-feedback matrix factorization. Factors are row-major, `dimensions` wide. */
export interface AlsModel {
  readonly dimensions: number
  readonly parameters: AlsParameters
  /** Row i of `itemFactors` belongs to `items.ids[i]`. */
  readonly items: ItemMetadata
  readonly itemFactors: Float32Array
  readonly userIds: readonly Id[]
  readonly userFactors: Float32Array
  /** Items of each user in training. */
  readonly seen?: Histories
  /** Id of the protocol that the model was evaluated with. */
  readonly protocol?: string
}

/** @throws INVALID_PARAMETER_VALUE when sizes are inconsistent or parameters are missing */
export function checkAlsModel(model: AlsModel): void {
  const { dimensions: d, items, userIds, seen } = model
  if (!Number.isInteger(d) || d < 1 || d > 4096) throw invalid(`als: dimensions must be 1 to 4096, got ${d}`)
  checkLength('item factors', model.itemFactors.length, items.ids.length * d)
  checkLength('user factors', model.userFactors.length, userIds.length * d)
  if (seen) checkLength('seen offsets', seen.offsets.length, userIds.length + 1)
  checkAlsParameters(model.parameters)
}

function checkLength(name: string, actual: number, expected: number): void {
  if (actual !== expected)
    throw invalid(`als: ${actual} ${name}, expected ${expected} from the ids and dimensions`)
}

export function checkAlsParameters(
  parameters: Readonly<Record<string, unknown>>,
): asserts parameters is AlsParameters {
  for (const name of ['regularization', 'unobserved_weight', 'regularization_exponent']) {
    const value = parameters[name]
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw invalid(`als: parameters.${name} must be a number ≥ 0, got ${JSON.stringify(value)}`)
  }
}
