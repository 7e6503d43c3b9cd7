import { invalid } from '@cairn/platform/errors'
import { Cholesky } from './cholesky.js'
import type { FactorMatrix } from './factor-matrix.js'
import type { AlsParameters } from './model.js'

/**
 * The user vector of a history: the exact minimum of the training loss with the item factors fixed (Rendle et al. 2021,
 * "Revisiting the performance of iALS on item recommendation benchmarks"),
 *
 *     A·w = Σ v,   A = α0·VᵀV + Σ v·vᵀ + λ(n + α0·|V|)^ν·I,   sums over the n items of the history.
 *
 * A score is therefore a sum over the history, v_i·w = Σ_j v_iᵀ·A⁻¹·v_j; each term is the contribution of item j.
 */
export class FoldIn {
  /** w, the user vector. */
  readonly vector: Float64Array
  readonly #items: FactorMatrix
  readonly #history: readonly number[]
  readonly #factorization: Cholesky

  /** `gram` is VᵀV; only its lower triangle is read. `history` has distinct rows of `items`. */
  constructor(
    items: FactorMatrix,
    gram: Float64Array,
    parameters: AlsParameters,
    history: readonly number[],
  ) {
    const { regularization, unobserved_weight: weight, regularization_exponent: exponent } = parameters
    const { width } = items
    const matrix = items.gram(history)
    for (let at = 0; at < matrix.length; at++) matrix[at]! += weight * gram[at]!
    const right = new Float64Array(width)
    for (const row of history) items.addTo(right, row)
    const penalty = regularization * (history.length + weight * items.rows) ** exponent
    for (let k = 0; k < width; k++) matrix[k * width + k]! += penalty
    this.#items = items
    this.#history = history
    this.#factorization = factorize(matrix, width)
    this.vector = this.#factorization.solve(right)
  }

  /** Returns what each item of the history, in its order, adds to the score of `row`. */
  contributions(row: number): Float64Array {
    const weights = this.#factorization.solve(this.#items.row(row))
    const contributions = new Float64Array(this.#history.length)
    for (const [n, item] of this.#history.entries()) contributions[n] = this.#items.dot(item, weights)
    return contributions
  }
}

function factorize(matrix: Float64Array, width: number): Cholesky {
  try {
    return new Cholesky(matrix, width)
  } catch (cause) {
    throw invalid('als: the normal matrix is not positive definite; check the item factors and parameters', {
      cause,
    })
  }
}
