import type { Quadrature } from './quadrature.js'
import type { ShapPaths } from './shap-paths.js'

/** Cases of a position for a row; the rows of its table. */
const [NEITHER, NOT, FITS] = [0, 1, 2]
const CASES = 3

/** Numbers of a position's table: factors and weights by case, for each point. */
export const tableSize = (points: number) => 2 * CASES * points

/**
 * Writes a table for each position to `into`: factors, then weights, by whether the row satisfies all splits above by the
 * feature of the last one (FITS) or, of those, only the earlier ones (NOT), or not even these (NEITHER). With
 * f = o·t + z·(1 − t), a factor is f divided by that of the earlier split, and a weight is w·(o − z)/f minus the same of the
 * earlier split. Points are padded to `padded` with 0. Float32, so that the tables fit into the caches.
 */
export function writeFactors(
  { nodes, same, shares }: ShapPaths,
  { points, weights }: Quadrature,
  padded: number,
  into: Float32Array,
): void {
  const size = tableSize(padded)
  for (let position = 1; position < nodes.length; position++) {
    const above = same[position]!
    const [share, earlier] = [shares[position]!, shares[above]!]
    const factors = into.subarray(position * size, (position + 1) * size)
    const shapWeights = factors.subarray(CASES * padded)
    for (const [n, t] of points.entries()) {
      const weight = weights[n]!
      const previous = above === 0 ? 1 : t + earlier * (1 - t)
      const subtracted = above === 0 ? 0 : (weight * (1 - earlier)) / previous
      factors[NEITHER * padded + n] = earlier > 0 ? share / earlier : 0
      factors[NOT * padded + n] = (share * (1 - t)) / previous
      factors[FITS * padded + n] = (t + share * (1 - t)) / previous
      shapWeights[NOT * padded + n] = -weight / (1 - t) - subtracted
      shapWeights[FITS * padded + n] = (weight * (1 - share)) / (t + share * (1 - t)) - subtracted
    }
  }
}
