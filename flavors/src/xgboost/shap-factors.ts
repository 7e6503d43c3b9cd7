import type { Quadrature } from './quadrature.js'
import type { ShapPaths } from './shap-paths.js'

/**
 * Of each place × point, by whether the row fits the splits above by the feature of the last (o) and, where there is an
 * earlier split by the same feature, whether it fitted up to there. With f = o·t + z·(1 − t). Float32, as a row passes
 * through all of them, and more would not stay in the caches:
 */
export interface ShapFactors {
  /** f over that of the earlier split, where both fit. */
  readonly ifFits: Float32Array
  /** f over that of the earlier split, where only that one fits, or there is none. */
  readonly ifNot: Float32Array
  /** f over that of the earlier split, where neither fits: the same at all points. */
  readonly ifNeither: Float32Array
  /** w·(o − z)/f less the same of the earlier split, where both fit. Where neither fits it is 0. */
  readonly givenIfFits: Float32Array
  readonly givenIfNot: Float32Array
}

export function shapFactors(paths: ShapPaths, { points, weights }: Quadrature): ShapFactors {
  const { nodes, same, shares } = paths
  const width = points.length
  const list = () => new Float32Array(nodes.length * width)
  const [ifFits, ifNot, givenIfFits, givenIfNot] = [list(), list(), list(), list()]
  const ifNeither = new Float32Array(nodes.length)
  for (let place = 1; place < nodes.length; place++) {
    const above = same[place]!
    const [share, earlier] = [shares[place]!, shares[above]!]
    ifNeither[place] = earlier > 0 ? share / earlier : 0
    for (let point = 0; point < width; point++) {
      const [t, weight, at] = [points[point]!, weights[point]!, place * width + point]
      const before = above === 0 ? 1 : t + earlier * (1 - t)
      const taken = above === 0 ? 0 : (weight * (1 - earlier)) / before
      ifFits[at] = (t + share * (1 - t)) / before
      ifNot[at] = (share * (1 - t)) / before
      givenIfFits[at] = (weight * (1 - share)) / (t + share * (1 - t)) - taken
      givenIfNot[at] = -weight / (1 - t) - taken
    }
  }
  return { ifFits, ifNot, ifNeither, givenIfFits, givenIfNot }
}
