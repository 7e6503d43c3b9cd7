import { invalid } from '@cairn/platform/errors'
import { type Decide, decider } from './decide.js'
import type { Tree } from './model.js'
import { gaussLegendre } from './quadrature.js'
import { type ShapFactors, shapFactors } from './shap-factors.js'
import { type ShapPaths, shapPaths } from './shap-paths.js'

/** Factors kept for one tree, of which there are four lists. */
const MAX_NUMBERS = 1 << 22

/** Buffers that trees use in turn, by place, and by place × point. */
export class ShapScratch {
  /** o of the splits above by the same feature as the last, all of them. */
  fits = new Uint8Array(0)
  /** Of all features above. */
  products = new Float64Array(0)
  /** Of leaf value × product, over all leaves below. */
  sums = new Float64Array(0)

  reserve(places: number, points: number): void {
    if (places > this.fits.length) this.fits = new Uint8Array(places)
    if (places * points > this.sums.length) {
      this.products = new Float64Array(places * points)
      this.sums = new Float64Array(places * points)
    }
  }
}

/**
 * How much each feature moves the answer of one tree away from its mean, in the path-dependent sense of Lundberg et al.
 * 2018 ("Consistent individualized feature attribution for tree ensembles"): features that are not known take each
 * branch as often as the training rows did.
 *
 * The Shapley weight of a coalition is an integral, ∫ tˢ(1 − t)^(m − s − 1) dt, so what a leaf of value v gives to feature
 * i is v·∫ (oᵢ − zᵢ) Π_{j≠i} (oⱼ·t + zⱼ·(1 − t)) dt with oⱼ = 1 where the row fits the path's splits by j, and zⱼ the share
 * of training rows that do. A quadrature makes the integral a sum, exactly; products are carried down the tree and sums
 * over leaves up: O(nodes × points), as in Yu et al. 2022 ("Linear TreeShap"). Whatever depends on the tree alone is
 * computed once.
 */
export class TreeShap {
  readonly #decide: Decide
  readonly #paths: ShapPaths
  readonly #width: number
  readonly #factors: ShapFactors
  /** Places × outputs; 0 where there is no leaf. */
  readonly #values: Float32Array
  readonly #outputs: number
  readonly #scratch: ShapScratch

  /** @throws INVALID_PARAMETER_VALUE when the tree is so deep that explaining it would take too much memory. */
  constructor(tree: Tree, scratch: ShapScratch) {
    this.#decide = decider(tree)
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

  /** What the tree answers on average over its training rows. `output` is that of a leaf vector. */
  mean(output = 0): number {
    const { reach } = this.#paths
    return reach.reduce(
      (mean, share, place) => mean + share * this.#values[place * this.#outputs + output]!,
      0,
    )
  }

  /** Adds `scale` times each feature's contribution to its place in `into`. The row is float32. */
  explain(row: ArrayLike<number>, scale: number, into: Float64Array, output = 0): void {
    const { fits, products } = this.#scratch
    fits[0] = 1
    products.fill(1, 0, this.#width)
    this.#decideAll(row)
    this.#down(scale, output)
    this.#up(into)
  }

  /** Siblings stand side by side, the left one first. */
  #decideAll(row: ArrayLike<number>): void {
    const { parents, features, same, nodes } = this.#paths
    const { fits } = this.#scratch
    for (let left = 1; left < nodes.length; left += 2) {
      const goesLeft = this.#decide(nodes[parents[left]!]!, row[features[left]!]!)
      const above = same[left]!
      fits[left] = goesLeft ? fits[above]! : 0
      fits[left + 1] = goesLeft ? 0 : fits[above]!
    }
  }

  /** Places come after those above them. */
  #down(scale: number, output: number): void {
    const { parents, same, nodes } = this.#paths
    const { ifFits, ifNot, ifNeither } = this.#factors
    const { fits, products, sums } = this.#scratch
    const [width, values, outputs] = [this.#width, this.#values, this.#outputs]
    for (let place = 1; place < nodes.length; place++) {
      const factors = fits[place] ? ifFits : fits[same[place]!] ? ifNot : undefined
      const constant = ifNeither[place]!
      const value = scale * values[place * outputs + output]!
      const parent = parents[place]! * width
      for (let at = place * width, from = parent; from < parent + width; at++, from++) {
        products[at] = products[from]! * (factors ? factors[at]! : constant)
        sums[at] = value * products[at]!
      }
    }
  }

  /**
   * A split's feature gets what the leaves below it give; of that, splits by the same feature below take away again and
   * give anew.
   */
  #up(into: Float64Array): void {
    const { parents, features, same, nodes } = this.#paths
    const { givenIfFits, givenIfNot } = this.#factors
    const { fits, sums } = this.#scratch
    const width = this.#width
    for (let place = nodes.length - 1; place > 0; place--) {
      const weights = fits[place] ? givenIfFits : fits[same[place]!] ? givenIfNot : undefined
      const parent = parents[place]! * width
      let given = 0
      for (let at = place * width, to = parent; to < parent + width; at++, to++) {
        if (weights) given += weights[at]! * sums[at]!
        sums[to]! += sums[at]!
      }
      into[features[place]!]! += given
    }
  }
}

function leafValues(tree: Tree, nodes: Int32Array, outputs: number): Float32Array {
  const values = new Float32Array(nodes.length * outputs)
  for (const [place, node] of nodes.entries()) {
    if (tree.leftChildren[node] !== -1) continue
    if (tree.leafVectors)
      values.set(tree.leafVectors.subarray(node * outputs, (node + 1) * outputs), place * outputs)
    else values[place] = tree.splitConditions[node]!
  }
  return values
}
