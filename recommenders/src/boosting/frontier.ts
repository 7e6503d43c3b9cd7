import type { BoosterParams } from './parameters.js'
import type { SplitRule } from './tree.js'

/** Fixed-point sums of gradients and hessians. */
export type GradientSums = readonly [bigint, bigint]

/** A leaf of the growing tree. */
export interface Leaf {
  readonly id: number
  readonly depth: number
  /** Its rows: order[from, to). */
  readonly from: number
  readonly to: number
  readonly sums: GradientSums
  /** Its contribution to the margin, before eta. */
  readonly weight: number
  /** Bounds of its weight from monotone constraints. */
  readonly lower: number
  readonly upper: number
  /** Pointer; 0 if it has no histogram or the histogram was evicted. */
  histogram: number
  /** The best split, if one gains enough. */
  split?: Split
}

export interface Split extends SplitRule {
  readonly left: GradientSums
}

export type Candidate = Leaf & { split: Split }

/** The queue of leaves to split, in the order of the growth policy. */
export class Frontier {
  readonly #params: BoosterParams
  readonly #waiting: Candidate[] = []
  #leaves = 1

  constructor(params: BoosterParams) {
    this.#params = params
  }

  /** True when the maximum number of leaves is reached. */
  get isClosed(): boolean {
    return this.#room === 0
  }

  get #room(): number {
    const { max_leaves } = this.#params
    return max_leaves > 0 ? max_leaves - this.#leaves : Number.POSITIVE_INFINITY
  }

  add(leaf: Candidate): void {
    this.#waiting.push(leaf)
  }

  /** Takes up to `most` leaves to split while they fit; `lossguide` takes one, the best. */
  take(most: number, fits: (leaf: Candidate) => boolean): Candidate[] {
    const byGain = this.#params.grow_policy === 'lossguide'
    if (byGain) this.#waiting.sort((a, b) => b.split.gain - a.split.gain || a.id - b.id)
    const count = Math.min(this.#room, byGain ? 1 : most)
    const taken: Candidate[] = []
    while (taken.length < count && this.#waiting.length > 0 && fits(this.#waiting[0]!))
      taken.push(this.#waiting.shift()!)
    this.#leaves += taken.length
    return taken
  }

  /** Evicts the histogram of the leaf that will be split last, except `but`; returns 0 if no leaf has one. */
  evictHistogram(but: Leaf): number {
    const last = this.#waiting.findLast((leaf) => leaf !== but && leaf.histogram !== 0)
    if (!last) return 0
    const { histogram } = last
    last.histogram = 0
    return histogram
  }
}
