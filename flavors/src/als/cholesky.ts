/** Cholesky factorization L·Lᵀ of a symmetric positive definite matrix, for solving with many right-hand sides. */
export class Cholesky {
  readonly #size: number
  readonly #lower: Float64Array

  /**
   * `matrix` is row-major; only the lower triangle is read. The array is overwritten.
   *
   * @throws RangeError when the matrix is not positive definite
   */
  constructor(matrix: Float64Array, size: number) {
    this.#size = size
    this.#lower = matrix
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        const rest = matrix[row * size + column]! - dot(matrix, row * size, column * size, column)
        if (column < row) matrix[row * size + column] = rest / matrix[column * size + column]!
        else if (rest > 0) matrix[row * size + row] = Math.sqrt(rest)
        else throw new RangeError('the matrix is not positive definite')
      }
    }
  }

  /** Solves A·x = b in place: `right` is b and becomes x. */
  solve(right: Float64Array): Float64Array {
    const size = this.#size
    const lower = this.#lower
    for (let row = 0; row < size; row++) {
      let rest = right[row]!
      for (let column = 0; column < row; column++) rest -= lower[row * size + column]! * right[column]!
      right[row] = rest / lower[row * size + row]!
    }
    // Iterates over the rows of L, the columns of Lᵀ, so that memory is read sequentially.
    for (let row = size - 1; row >= 0; row--) {
      const value = right[row]! / lower[row * size + row]!
      right[row] = value
      for (let column = 0; column < row; column++) right[column]! -= lower[row * size + column]! * value
    }
    return right
  }
}

function dot(values: Float64Array, a: number, b: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += values[a + k]! * values[b + k]!
  return sum
}
