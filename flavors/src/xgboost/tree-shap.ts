import { invalid } from '@cairn/platform/errors'
import type { Tree } from './model.js'
import { gaussLegendre } from './quadrature.js'
import { type ShapFactors, shapFactors } from './shap-factors.js'
import { type ShapPaths, shapPaths } from './shap-paths.js'
import { type GoesLeft, splitDecider } from './split-decider.js'

/** Limit for the factors of one tree, of which there are four lists. */
const MAX_NUMBERS = 1 << 22

/** Buffers shared by all trees, by position, and by position × point. */
export class ShapScratch {
  /** o: whether all splits above by the feature of the last one are satisfied. */
  fits = new Uint8Array(0)
  /** Products over all features above. */
  products = new Float64Array(0)
  /** Sums of leaf value × product over all leaves below. */
  sums = new Float64Array(0)

  reserve(positions: number, points: number): void {
    if (positions > this.fits.length) this.fits = new Uint8Array(positions)
    if (positions * points > this.sums.length) {
      this.products = new Float64Array(positions * points)
      this.sums = new Float64Array(positions * points)
    }
  }
}

/**
 * Contributions of each feature to the difference between a tree's prediction and its mean: path-dependent TreeSHAP of
 * Lundberg et al. 2018 ("Consistent individualized feature attribution for tree ensembles"), where an unknown feature
 * takes each branch as often as the training rows did.
 *
 * The Shapley weight of a coalition is an integral, ∫ tˢ(1 − t)^(m − s − 1) dt, so a leaf of value v contributes to feature
 * i v·∫ (oᵢ − zᵢ) Π_{j≠i} (oⱼ·t + zⱼ·(1 − t)) dt with oⱼ = 1 if the row satisfies the path's splits by j, and zⱼ the share
 * of training rows that do. A quadrature makes the integral a sum, exactly; products are propagated down the tree and sums
 * over leaves up: O(nodes × points), as in Yu et al. 2022 ("Linear TreeShap"). Everything that depends on the tree alone
 * is precomputed.
 */
export class TreeShap {
  readonly #goesLeft: GoesLeft
  readonly #paths: ShapPaths
  readonly #width: number
  readonly #factors: ShapFactors
  /** Positions × outputs; 0 if not a leaf. */
  readonly #values: Float32Array
  readonly #outputs: number
  readonly #scratch: ShapScratch

  /** @throws INVALID_PARAMETER_VALUE when the tree is so deep that explaining it would take too much memory */
  constructor(tree: Tree, scratch: ShapScratch) {
    this.#goesLeft = splitDecider(tree)
    this.#paths = shapPaths(tree)
    const { nodes, longest } = this.#paths
    this.#width = Math.max(1, Math.ceil(longest / 2))
    const numbers = nodes.length * this.#width
    if (numbers > MAX_NUMBERS) throw invalid('xgboost: a tree is too deep to be explained')
    this.#factors = shapFactors(this.#paths, gaussLegendre(this.#width))
    this.#outputs = tree.leafVectors ? tree.leafVectors.length / tree.leftChildren.length : 1
    this.#values = leafValues(tree, nodes, this.#outputs)
    scratch.reserve(nodes.length, this.#width)
    this.#scratch = scratch
  }

  /** Returns the mean prediction over the training rows. `output` is the index in a leaf vector. */
  mean(output = 0): number {
    const { reach } = this.#paths
    return reach.reduce(
      (mean, share, position) => mean + share * this.#values[position * this.#outputs + output]!,
      0,
    )
  }

  /** Adds `scale` times each feature's contribution to its entry of `into`. The row is float32. */
  explain(row: ArrayLike<number>, scale: number, into: Float64Array, output = 0): void {
    const { fits, products } = this.#scratch
    fits[0] = 1
    products.fill(1, 0, this.#width)
    this.#decideAll(row)
    this.#propagateDown(scale, output)
    this.#propagateUp(into)
  }

  /** Siblings are adjacent, the left one first. */
  #decideAll(row: ArrayLike<number>): void {
    const { parents, features, same, nodes } = this.#paths
    const { fits } = this.#scratch
    for (let left = 1; left < nodes.length; left += 2) {
      const goesLeft = this.#goesLeft(nodes[parents[left]!]!, row[features[left]!]!)
      const above = same[left]!
      fits[left] = goesLeft ? fits[above]! : 0
      fits[left + 1] = goesLeft ? 0 : fits[above]!
    }
  }

  /** Parents precede their children in the order of positions. */
  #propagateDown(scale: number, output: number): void {
    const { parents, same, nodes } = this.#paths
    const { ifFits, ifNot, ifNeither } = this.#factors
    const { fits, products, sums } = this.#scratch
    const [width, values, outputs] = [this.#width, this.#values, this.#outputs]
    for (let position = 1; position < nodes.length; position++) {
      const factors = fits[position] ? ifFits : fits[same[position]!] ? ifNot : undefined
      const constant = ifNeither[position]!
      const value = scale * values[position * outputs + output]!
      const parent = parents[position]! * width
      for (let at = position * width, from = parent; from < parent + width; at++, from++) {
        products[at] = products[from]! * (factors ? factors[at]! : constant)
        sums[at] = value * products[at]!
      }
    }
  }

  /**
   * Each split's feature gets the contribution of the leaves below; a split by the same feature further down replaces the
   * contribution of its own leaves.
   */
  #propagateUp(into: Float64Array): void {
    const { parents, features, same, nodes } = this.#paths
    const { contributionIfFits, contributionIfNot } = this.#factors
    const { fits, sums } = this.#scratch
    const width = this.#width
    for (let position = nodes.length - 1; position > 0; position--) {
      const weights = fits[position]
        ? contributionIfFits
        : fits[same[position]!]
          ? contributionIfNot
          : undefined
      const parent = parents[position]! * width
      let contribution = 0
      for (let at = position * width, to = parent; to < parent + width; at++, to++) {
        if (weights) contribution += weights[at]! * sums[at]!
        sums[to]! += sums[at]!
      }
      into[features[position]!]! += contribution
    }
  }
}

function leafValues(tree: Tree, nodes: Int32Array, outputs: number): Float32Array {
  const values = new Float32Array(nodes.length * outputs)
  for (const [position, node] of nodes.entries()) {
    if (tree.leftChildren[node] !== -1) continue
    if (tree.leafVectors)
      values.set(tree.leafVectors.subarray(node * outputs, (node + 1) * outputs), position * outputs)
    else values[position] = tree.splitConditions[node]!
  }
  return values
}
