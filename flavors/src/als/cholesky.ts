/** Rows that are computed at a time: each sum waits for its own last addition only. */
const LANES = 4

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
    for (let column = 0; column < size; column++) {
      const start = column * size
      const rest = matrix[start + column]! - dot(matrix, start, start, column)
      if (!(rest > 0)) throw new RangeError('the matrix is not positive definite')
      const pivot = Math.sqrt(rest)
      matrix[start + column] = pivot
      let row = column + 1
      for (; row + LANES <= size; row += LANES) divideFour(matrix, size, row, column)
      for (; row < size; row++) {
        const at = row * size
        matrix[at + column] = (matrix[at + column]! - dot(matrix, at, start, column)) / pivot
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

/** Computes a column of four rows. Each of the sums has the order of `dot`. */
function divideFour(values: Float64Array, size: number, row: number, column: number): void {
  const [start, first] = [column * size, row * size]
  const [second, third, fourth] = [first + size, first + 2 * size, first + 3 * size]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let k = 0; k < column; k++) {
    const factor = values[start + k]!
    a += values[first + k]! * factor
    b += values[second + k]! * factor
    c += values[third + k]! * factor
    d += values[fourth + k]! * factor
  }
  const pivot = values[start + column]!
  values[first + column] = (values[first + column]! - a) / pivot
  values[second + column] = (values[second + column]! - b) / pivot
  values[third + column] = (values[third + column]! - c) / pivot
  values[fourth + column] = (values[fourth + column]! - d) / pivot
}
