import { invalid } from '@cairn/platform/errors'
import type { Id } from '../recommender/id.js'
import type { Items } from '../recommender/item-table.js'
import type { Histories } from '../recommender/user-histories.js'

/** What fold-in needs of the training parameters, under the names training gives them. */
export interface AlsParameters {
  /** λ of the L2 penalty. */
  readonly regularization: number
  /** α0, the weight of all pairs as implicit zeros. */
  readonly unobserved_weight: number
  /** ν: a row with n events is penalized λ(n + α0·columns)^ν. */
  readonly regularization_exponent: number
  /** Whatever else was set; kept and shown. */
  readonly [name: string]: unknown
}

/** An implicit-feedback matrix factorization. Factors are row-major, `dimensions` wide. */
export interface AlsModel {
  readonly dimensions: number
  readonly parameters: AlsParameters
  /** Row i of `itemFactors` belongs to `items.ids[i]`. */
  readonly items: Items
  readonly itemFactors: Float32Array
  readonly userIds: readonly Id[]
  readonly userFactors: Float32Array
  /** What each user has had. */
  readonly seen?: Histories
  /** Id of the protocol the model was measured by. */
  readonly protocol?: string
}

/** @throws INVALID_PARAMETER_VALUE when the parts do not fit together. */
export function checkAlsModel(model: AlsModel): void {
  const { dimensions: d, items, userIds, seen } = model
  if (!Number.isInteger(d) || d < 1 || d > 4096) throw invalid(`als: dimensions must be 1 to 4096, got ${d}`)
  checkLength('item factors', model.itemFactors.length, items.ids.length * d)
  checkLength('user factors', model.userFactors.length, userIds.length * d)
  if (seen) checkLength('seen offsets', seen.offsets.length, userIds.length + 1)
  checkParameters(model.parameters)
}

function checkLength(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw invalid(`als: ${got} ${what} where the ids and dimensions ask for ${wanted}`)
}

export function checkParameters(
  parameters: Readonly<Record<string, unknown>>,
): asserts parameters is AlsParameters {
  for (const name of ['regularization', 'unobserved_weight', 'regularization_exponent']) {
    const value = parameters[name]
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw invalid(`als: parameters.${name} must be a number of at least 0, got ${JSON.stringify(value)}`)
  }
}
