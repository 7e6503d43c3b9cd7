import { floats, ints } from '../numeric/kernel/arena.js'
import type { SharedLayout } from './shared-layout.js'

/** The cuts of the training features, read by the thread that grows the trees. */
export class CutFeatures {
  /** Slots per feature in a histogram: the largest number of bins, including the bin of missing values. */
  readonly slots: number
  readonly #counts: Int32Array
  readonly #hasMissing: Int32Array
  readonly #upper: Float32Array
  readonly #below: Float32Array

  constructor({ memory, cuts, features }: SharedLayout) {
    this.#counts = ints(memory, cuts.counts, features)
    this.#hasMissing = ints(memory, cuts.hasMissing, features)
    this.#upper = floats(memory, cuts.upper, features * 256)
    this.#below = floats(memory, cuts.below, features)
    this.slots = this.#counts.reduce(
      (most, count, feature) => Math.max(most, count + this.#hasMissing[feature]!),
      1,
    )
  }

  /** The split value: smaller values are in `bin` or before. */
  condition(feature: number, bin: number): number {
    return bin < 0 ? this.#below[feature]! : this.#upper[feature * 256 + bin]!
  }

  /** The bin of missing values if it goes left; otherwise 256, one above the last bin. */
  missingBin(feature: number, defaultLeft: boolean): number {
    return defaultLeft ? this.#counts[feature]! : 256
  }
}
