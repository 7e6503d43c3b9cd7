import { bytes, doubles, ints } from '../numeric/kernel/arena.js'
import type { GradientSums, Leaf } from './frontier.js'
import { MAX_BATCH, MAX_CHUNKS, RECORD_BYTES, type SharedLayout } from './shared-layout.js'

/** Gradients are multiples of 1 / scale. */
export type GradientScales = readonly [gradient: number, hessian: number]

/** Eight-byte words per record. */
const WORDS = RECORD_BYTES / 8

/** Reads and writes the records that `kernel.c` calls Rules, Search, Node and Split. */
export class Records {
  readonly #layout: SharedLayout
  readonly #search: Int32Array
  readonly #allowed: Uint8Array
  readonly #nodes: Float64Array
  readonly #nodeSums: BigInt64Array
  readonly #splits: Float64Array
  readonly #splitSums: BigInt64Array

  constructor(layout: SharedLayout) {
    const { memory, nodes, splits, search, allowed, features } = layout
    const nodeCount = 2 * MAX_BATCH
    this.#layout = layout
    this.#search = ints(memory, search, 10)
    this.#allowed = bytes(memory, allowed, nodeCount * features)
    this.#nodes = doubles(memory, nodes, nodeCount * WORDS)
    this.#nodeSums = new BigInt64Array(memory.buffer, nodes, nodeCount * WORDS)
    this.#splits = doubles(memory, splits, nodeCount * MAX_CHUNKS * WORDS)
    this.#splitSums = new BigInt64Array(memory.buffer, splits, nodeCount * MAX_CHUNKS * WORDS)
  }

  writeRules([gradient, hessian]: GradientScales): void {
    const { memory, rules, params } = this.#layout
    const { lambda, alpha, max_delta_step, min_child_weight, monotone_constraints } = params
    const bounded = max_delta_step > 0 || monotone_constraints.some((constraint) => constraint !== 0)
    const numbers = [
      1 / gradient,
      1 / hessian,
      lambda,
      alpha,
      max_delta_step,
      min_child_weight,
      Number(bounded),
    ]
    doubles(memory, rules, WORDS).set(numbers)
  }

  writeSearch(slots: number, chunks: number): void {
    const { rules, features, cuts, constraints, nodes, allowed, splits } = this.#layout
    this.#search.set([rules, features, slots, chunks, cuts.counts, cuts.hasMissing, constraints])
    this.#search.set([nodes, allowed, splits], 7)
  }

  /** Returns the record's pointer. */
  writeNode(index: number, { sums, lower, upper }: Pick<Leaf, 'sums' | 'lower' | 'upper'>): number {
    const at = index * WORDS
    this.#nodeSums.set(sums, at)
    this.#nodes[at + 3] = lower
    this.#nodes[at + 4] = upper
    return this.#layout.nodes + index * RECORD_BYTES
  }

  readNode(index: number): GradientSums {
    return [this.#nodeSums[index * WORDS]!, this.#nodeSums[index * WORDS + 1]!]
  }

  writeAllowed(index: number, allowed: readonly number[]): void {
    const { features } = this.#layout
    const mask = this.#allowed.subarray(index * features, (index + 1) * features)
    if (allowed.length === features) mask.fill(1)
    else {
      mask.fill(0)
      for (const feature of allowed) mask[feature] = 1
    }
  }

  /** The best split of a node over all chunks of features; of equal gains, the first. */
  bestSplit(index: number, chunks: number) {
    let at = index * chunks * WORDS
    for (let chunk = 1; chunk < chunks; chunk++) {
      const other = (index * chunks + chunk) * WORDS
      if (this.#splits[other + 2]! > this.#splits[at + 2]!) at = other
    }
    const left: GradientSums = [this.#splitSums[at]!, this.#splitSums[at + 1]!]
    const [gain, feature, bin, defaultLeft] = this.#splits.subarray(at + 2, at + 6)
    return { gain: gain!, feature: feature!, bin: bin!, defaultLeft: defaultLeft === 1, left }
  }
}

export const remainder = ([g, h]: GradientSums, left: GradientSums): GradientSums => [
  g - left[0],
  h - left[1],
]
