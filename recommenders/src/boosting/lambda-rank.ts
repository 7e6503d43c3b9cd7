import { floats, ints } from '../numeric/kernel/arena.js'
import { discountsOf, gainOf, idealDcg } from './ndcg.js'
import { orderByMargin } from './rank-order.js'
import type { SharedLayout } from './shared-layout.js'

const EPSILON = 1e-16

/**
 * LambdaMART on NDCG with top-k pairs (Burges 2010, "From RankNet to LambdaRank to LambdaMART"), normalized as in
 * XGBoost ≥ 3.0: by the score difference of each pair and by the sum of the gradients of each group.
 */
export class LambdaRank {
  readonly #layout: SharedLayout
  readonly #offsets: Int32Array
  readonly #pairs: Float32Array
  readonly #discounts: Float64Array
  readonly #inverseIdeals: Float64Array
  readonly #weights: Float64Array
  readonly #group: RankedGroup

  constructor(layout: SharedLayout) {
    const { memory, train, params, pairs } = layout
    this.#layout = layout
    this.#offsets = ints(memory, train.offsets, train.groups + 1)
    this.#pairs = floats(memory, pairs, train.rows * 2)
    const sizes = Array.from(this.#offsets.subarray(1), (end, group) => end - this.#offsets[group]!)
    const longest = sizes.reduce((most, size) => Math.max(most, size), 0)
    this.#group = new RankedGroup(layout, longest)
    this.#discounts = discountsOf(longest)
    const labels = floats(memory, train.labels, train.rows)
    this.#inverseIdeals = Float64Array.from(sizes, (size, group) => {
      const start = this.#offsets[group]!
      const own = labels.subarray(start, start + size)
      const ideal = idealDcg(own, params.lambdarank_num_pair_per_sample, params.ndcg_exp_gain)
      return ideal > 0 ? 1 / ideal : 0
    })
    const weights = floats(memory, train.weights, train.weightCount)
    const sum = weights.reduce((total, weight) => total + weight, 0)
    this.#weights = Float64Array.from(sizes, (_, at) => (sum > 0 ? (weights[at]! * sizes.length) / sum : 1))
  }

  /** Computes the gradients of groups [from, to) and writes the largest absolute values to `peak`, like the kernel's objectives. */
  gradients(from: number, to: number, peak: number): void {
    const pairs = this.#pairs
    let [gradient, hessian] = [0, 0]
    for (let group = from; group < to; group++) {
      const first = 2 * this.#offsets[group]!
      const last = 2 * this.#offsets[group + 1]!
      pairs.fill(0, first, last)
      const scale = this.#accumulate(group) * this.#weights[group]!
      for (let at = first; at < last; at += 2) {
        pairs[at]! *= scale
        pairs[at + 1]! *= scale
        gradient = Math.max(gradient, Math.abs(pairs[at]!)) // propagates NaN
        hessian = Math.max(hessian, pairs[at + 1]!)
      }
    }
    floats(this.#layout.memory, peak, 2).set([gradient, hessian])
  }

  /** Accumulates the gradients of one group's pairs; returns the factor that normalizes them. */
  #accumulate(group: number): number {
    const { lambdarank_num_pair_per_sample, lambdarank_normalization } = this.#layout.params
    const ranked = this.#group.load(this.#offsets[group]!, this.#offsets[group + 1]!)
    const { labels, relevant, lowest, count } = ranked
    const inverse = this.#inverseIdeals[group]!
    let sum = 0
    let next = 0
    for (let high = 0; high < Math.min(count, lambdarank_num_pair_per_sample); high++) {
      while (next < ranked.relevantCount && relevant[next]! <= high) next++
      if (labels[high]! > lowest)
        for (let low = high + 1; low < count; low++) sum += this.#accumulatePair(high, low, inverse)
      else
        for (let at = next; at < ranked.relevantCount; at++)
          sum += this.#accumulatePair(high, relevant[at]!, inverse)
    }
    return lambdarank_normalization && sum > 0 ? Math.log2(1 + sum) / sum : 1
  }

  /** Accumulates the gradient of two ranks, the higher rank first; returns its part of the group's sum. */
  #accumulatePair(high: number, low: number, inverse: number): number {
    const { labels, margins, gains, rows, isDamped } = this.#group
    if (labels[high] === labels[low]) return 0
    const gained = (gains[high]! - gains[low]!) * (this.#discounts[high]! - this.#discounts[low]!) * inverse
    const better = labels[high]! > labels[low]! ? high : low
    const worse = better === high ? low : high
    const difference = margins[better]! - margins[worse]!
    const change = isDamped ? Math.abs(gained) / (Math.abs(difference) + 0.01) : Math.abs(gained)
    const sigmoid = 1 / (1 + Math.exp(-difference))
    const gradient = Math.fround((sigmoid - 1) * change)
    const hessian = Math.fround(Math.max(sigmoid * (1 - sigmoid), EPSILON) * change * 2)
    const pairs = this.#pairs
    pairs[2 * rows[better]!]! += gradient
    pairs[2 * rows[better]! + 1]! += hessian
    pairs[2 * rows[worse]!]! -= gradient
    pairs[2 * rows[worse]! + 1]! += hessian
    return -2 * gradient
  }
}

/** The rows of one group, ranked by margin. */
class RankedGroup {
  count = 0
  lowest = 0
  /** Ranks of rows whose label is above the lowest. */
  readonly relevant: Int32Array
  relevantCount = 0
  isDamped = false
  readonly labels: Float64Array
  readonly margins: Float64Array
  readonly gains: Float64Array
  readonly rows: Int32Array
  readonly #layout: SharedLayout
  readonly #labels: Float32Array
  readonly #margins: Float32Array
  readonly #order: Int32Array
  /** Gains by integer label; computing powers would be slow. */
  readonly #gains = Float64Array.from({ length: 32 }, (_, label) => gainOf(label, true))

  constructor(layout: SharedLayout, longest: number) {
    const { memory, train, ranking } = layout
    this.#layout = layout
    this.#labels = floats(memory, train.labels, train.rows)
    this.#margins = floats(memory, train.margins, train.rows)
    this.#order = ints(memory, ranking, train.rows)
    this.labels = new Float64Array(longest)
    this.margins = new Float64Array(longest)
    this.gains = new Float64Array(longest)
    this.rows = new Int32Array(longest)
    this.relevant = new Int32Array(longest)
  }

  load(start: number, end: number): this {
    const { lambdarank_score_normalization, ndcg_exp_gain } = this.#layout.params
    const order = this.#order.subarray(start, end)
    orderByMargin(order, this.#margins.subarray(start, end))
    this.count = end - start
    this.lowest = Number.POSITIVE_INFINITY
    for (let rank = 0; rank < this.count; rank++) {
      const row = start + order[rank]!
      const label = this.#labels[row]!
      this.rows[rank] = row
      this.labels[rank] = label
      this.margins[rank] = this.#margins[row]!
      this.gains[rank] = ndcg_exp_gain ? this.#gains[label]! : label
      if (label < this.lowest) this.lowest = label
    }
    this.relevantCount = 0
    for (let rank = 0; rank < this.count; rank++)
      if (this.labels[rank]! > this.lowest) this.relevant[this.relevantCount++] = rank
    this.isDamped = lambdarank_score_normalization && this.margins[0] !== this.margins[this.count - 1]
    return this
  }
}
