import { invalid } from '@cairn/platform/errors'
import { KernelMemory } from '../kernel-memory.js'
import { COMPILED_KERNEL } from './kernel/module.js'

/** A key and a place must fit into a float64 integer. */
const MAX_ITEMS = 2 ** 21
/** Buckets of the three digits by which keys are sorted. */
const POSITIONS = 3 * 2 ** 11

/** Key of the score 0. */
const ZERO_KEY = 0x7fffffff

interface Kernel {
  set_keys(scores: number, hidden: number, items: number, keys: number, counts: number): void
  collect(keys: number, items: number, collected: number): void
  sort(keys: number, count: number, other: number, positions: number): void
  choose(keys: number, items: number, limit: number, rows: number): number
  rank(
    keys: number,
    sorted: number,
    count: number,
    zeros: number,
    rows: number,
    wanted: number,
    ranks: number,
  ): void
}

const compiled = new WebAssembly.Module(Buffer.from(COMPILED_KERNEL, 'base64'))

/** Ranks the scores of a member of the first stage by sorting keys, integers whose order is that of the scores. */
export class Ranking {
  readonly #tieOrder: Int32Array
  /** Each row's place in the tie order. */
  readonly #places: Int32Array
  readonly #kernel: Kernel
  readonly #scores: Float32Array
  readonly #hidden: Uint8Array
  readonly #keys: Uint32Array
  /** Keys, ascending. */
  readonly #sorted: Uint32Array
  /** Buffers, of one number for each item. */
  readonly #rows: Int32Array
  readonly #ranks: Float32Array
  readonly #positions: Uint32Array
  /** Numbers of ranked items with scores above, at and below 0. */
  readonly #counts: Int32Array
  #sortedKeys = 0
  /** Number of keys of the score 0 that are not among the sorted ones. */
  #leftOut = 0

  /**
   * `tieOrder` has every row once, in the order of items with equal scores.
   *
   * @throws INVALID_PARAMETER_VALUE for more than two million items
   */
  constructor(tieOrder: Int32Array) {
    const { length } = tieOrder
    if (length > MAX_ITEMS) throw invalid(`two-stage: at most ${MAX_ITEMS} items, not ${length}`)
    this.#tieOrder = tieOrder
    this.#places = new Int32Array(length)
    for (const [place, row] of tieOrder.entries()) this.#places[row] = place
    const memory = new KernelMemory()
    const [scores, hidden, keys, sorted, rows, ranks] = Array.from({ length: 6 }, () =>
      memory.reserve(length),
    )
    const [positions, counts] = [memory.reserve(POSITIONS), memory.reserve(3)]
    const { buffer, kernel } = memory.allocate<Kernel>(compiled, 'two-stage: the scores')
    this.#kernel = kernel
    this.#scores = new Float32Array(buffer, scores, length)
    this.#hidden = new Uint8Array(buffer, hidden, length)
    this.#keys = new Uint32Array(buffer, keys, length)
    this.#sorted = new Uint32Array(buffer, sorted, length)
    this.#rows = new Int32Array(buffer, rows, length)
    this.#ranks = new Float32Array(buffer, ranks, length)
    this.#positions = new Uint32Array(buffer, positions, POSITIONS)
    this.#counts = new Int32Array(buffer, counts, 3)
  }

  /** Sets the scores for the following calls; items that are hidden or have no score (−∞, NaN) are not ranked. */
  setScores(scores: Float32Array, hidden: Uint8Array): void {
    this.#scores.set(scores)
    this.#hidden.set(hidden)
    const [kernel, { byteOffset: keys, length: items }] = [this.#kernel, this.#keys]
    const { byteOffset: unsorted } = this.#rows
    kernel.set_keys(this.#scores.byteOffset, this.#hidden.byteOffset, items, keys, this.#counts.byteOffset)
    const [above, zeros, below] = [this.#counts[0]!, this.#counts[1]!, this.#counts[2]!]
    // Many models score most items 0; these need no sorting
    this.#leftOut = 2 * zeros > items ? zeros : 0
    this.#sortedKeys = this.#leftOut > 0 ? above + below : items
    if (this.#leftOut > 0) kernel.collect(keys, items, unsorted)
    else this.#rows.set(this.#keys)
    const { byteOffset: positions } = this.#positions.fill(0)
    kernel.sort(unsorted, this.#sortedKeys, this.#sorted.byteOffset, positions)
  }

  /** Returns the rows of the best `count` items, best first. */
  top(count: number): Int32Array {
    const ranked = this.#counts[0]! + this.#counts[1]! + this.#counts[2]!
    const best = new Int32Array(Math.min(count, ranked))
    if (best.length === 0) return best
    const limit = this.#keyAt(best.length - 1)
    const better = this.#better(limit)
    best.set(better)
    const [keys, tieOrder] = [this.#keys, this.#tieOrder]
    for (let found = better.length, place = 0; found < best.length; place++)
      if (keys[tieOrder[place]!] === limit) best[found++] = tieOrder[place]!
    return best
  }

  /** The key of the item at a position of the ranking. */
  #keyAt(position: number): number {
    const above = this.#counts[0]!
    if (this.#leftOut === 0 || position < above) return this.#sorted[position]!
    return position < above + this.#leftOut ? ZERO_KEY : this.#sorted[position - this.#leftOut]!
  }

  /** Returns the rows with a better key, best first. */
  #better(limit: number): Int32Array {
    const [keys, rows, places, tieOrder] = [this.#keys, this.#rows, this.#places, this.#tieOrder]
    const count = this.#kernel.choose(keys.byteOffset, keys.length, limit, rows.byteOffset)
    const entries = new Float64Array(count)
    for (let n = 0; n < count; n++) entries[n] = keys[rows[n]!]! * MAX_ITEMS + places[rows[n]!]!
    entries.sort()
    const better = new Int32Array(count)
    for (let n = 0; n < count; n++) better[n] = tieOrder[entries[n]! % MAX_ITEMS]!
    return better
  }

  /** Returns for each of the rows the number of items with a better score; NaN if it is not ranked. */
  ranks(rows: Int32Array): Float32Array {
    this.#rows.set(rows)
    this.#kernel.rank(
      this.#keys.byteOffset,
      this.#sorted.byteOffset,
      this.#sortedKeys,
      this.#leftOut,
      this.#rows.byteOffset,
      rows.length,
      this.#ranks.byteOffset,
    )
    return this.#ranks.slice(0, rows.length)
  }
}
