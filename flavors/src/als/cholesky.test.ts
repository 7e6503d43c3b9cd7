import { randomStream } from '@cairn/platform/statistics/random'
import { expect, test } from 'vitest'
import { Cholesky } from './cholesky.js'

/** B·Bᵀ + I */
function positiveDefinite(size: number): Float64Array {
  const uniform = randomStream(size)
  const b = Float64Array.from({ length: size * size }, () => uniform() - 0.5)
  const matrix = new Float64Array(size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      let sum = row === column ? 1 : 0
      for (let k = 0; k < size; k++) sum += b[row * size + k]! * b[column * size + k]!
      matrix[row * size + column] = sum
    }
  return matrix
}

/** The factorization row by row, as in textbooks. */
function byRow(matrix: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = 0
      for (let k = 0; k < column; k++) sum += matrix[row * size + k]! * matrix[column * size + k]!
      const rest = matrix[row * size + column]! - sum
      matrix[row * size + column] = column < row ? rest / matrix[column * size + column]! : Math.sqrt(rest)
    }
  return matrix
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 33, 64])(
  'the factor of %d columns has the bits of the one by row',
  (size) => {
    const matrix = positiveDefinite(size)
    const wanted = byRow(matrix.slice(), size)
    new Cholesky(matrix, size)
    expect(matrix).toEqual(wanted)
  },
)

test('solves a system', () => {
  const [size, wanted] = [9, Float64Array.from({ length: 9 }, (_, k) => k - 4)]
  const matrix = positiveDefinite(size)
  const right = new Float64Array(size)
  for (let row = 0; row < size; row++)
    for (let k = 0; k < size; k++) right[row]! += matrix[row * size + k]! * wanted[k]!
  for (const [k, value] of new Cholesky(matrix, size).solve(right).entries())
    expect(value).toBeCloseTo(wanted[k]!, 10)
})

test.each([[[0]], [[-1]], [[1, 2, 2, 1]]])('refuses %j, which is not positive definite', (values) => {
  expect(() => new Cholesky(Float64Array.from(values), Math.sqrt(values.length))).toThrow(RangeError)
})
