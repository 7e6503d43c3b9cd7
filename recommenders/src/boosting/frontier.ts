import type { BoosterParams } from './params.js'
import type { Parting } from './tree.js'

/** Sums of gradients and hessians, fixed-point. */
export type Sums = readonly [bigint, bigint]

/** A leaf of the tree that grows. */
export interface Leaf {
  readonly id: number
  readonly depth: number
  /** Its rows: order[from, to). */
  readonly from: number
  readonly to: number
  readonly sums: Sums
  /** What it adds to the margin, before eta. */
  readonly weight: number
  /** Between which monotone constraints leave weights. */
  readonly lower: number
  readonly upper: number
  /** Pointer; 0 when it has none or had to make room. */
  histogram: number
  /** The best way to part it, where one gains enough. */
  split?: Split
}

export interface Split extends Parting {
  readonly left: Sums
}

export type Candidate = Leaf & { split: Split }

/** The leaves that wait to be split, in the order of the policy. */
export class Frontier {
  readonly #params: BoosterParams
  readonly #waiting: Candidate[] = []
  #leaves = 1

  constructor(params: BoosterParams) {
    this.#params = params
  }

  /** No leaf will be split any more. */
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

  /** The next ones to split, at most `most`, while they fit; one at a time where the best is wanted. */
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

  /** Takes the histogram of the leaf that waits longest to be split, `but` this one; 0 when none has one. */
  giveUpHistogram(but: Leaf): number {
    const last = this.#waiting.findLast((leaf) => leaf !== but && leaf.histogram !== 0)
    if (!last) return 0
    const { histogram } = last
    last.histogram = 0
    return histogram
  }
}
