import type { Quadrature } from './quadrature.js'
import type { ShapPaths } from './shap-paths.js'

/**
 * Factors for each position × point, by whether the row satisfies all splits above by the feature of the last one (o) and,
 * if an earlier split uses the same feature, whether it satisfied those up to there. With f = o·t + z·(1 − t). Float32, so
 * that the factors, all of which are read for each row, fit into the caches.
 */
export interface ShapFactors {
  /** f divided by that of the earlier split, if both are satisfied. */
  readonly ifFits: Float32Array
  /** f divided by that of the earlier split, if only that one is satisfied or there is none. */
  readonly ifNot: Float32Array
  /** f divided by that of the earlier split, if neither is satisfied; the same at all points. */
  readonly ifNeither: Float32Array
  /** w·(o − z)/f minus the same of the earlier split, if both are satisfied. It is 0 if neither is. */
  readonly contributionIfFits: Float32Array
  readonly contributionIfNot: Float32Array
}

export function shapFactors(paths: ShapPaths, { points, weights }: Quadrature): ShapFactors {
  const { nodes, same, shares } = paths
  const width = points.length
  const list = () => new Float32Array(nodes.length * width)
  const [ifFits, ifNot, contributionIfFits, contributionIfNot] = [list(), list(), list(), list()]
  const ifNeither = new Float32Array(nodes.length)
  for (let position = 1; position < nodes.length; position++) {
    const above = same[position]!
    const [share, earlier] = [shares[position]!, shares[above]!]
    ifNeither[position] = earlier > 0 ? share / earlier : 0
    for (let point = 0; point < width; point++) {
      const [t, weight, at] = [points[point]!, weights[point]!, position * width + point]
      const previous = above === 0 ? 1 : t + earlier * (1 - t)
      const subtracted = above === 0 ? 0 : (weight * (1 - earlier)) / previous
      ifFits[at] = (t + share * (1 - t)) / previous
      ifNot[at] = (share * (1 - t)) / previous
      contributionIfFits[at] = (weight * (1 - share)) / (t + share * (1 - t)) - subtracted
      contributionIfNot[at] = -weight / (1 - t) - subtracted
    }
  }
  return { ifFits, ifNot, ifNeither, contributionIfFits, contributionIfNot }
}
