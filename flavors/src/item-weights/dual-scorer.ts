import { KernelMemory } from '../kernel-memory.js'
import type { Histories } from '../recommender/user-histories.js'
import { contributionsOf, type WeightsScorer } from './contributions.js'
import { COMPILED_KERNEL } from './kernel/module.js'
import type { DualWeights } from './model.js'

/** Limit for the columns of K·X; above, they are computed for each history. */
const MAX_CACHE_BYTES = 64 * 1024 ** 2
/** Histories that are scored in one pass over the events. */
const LANES = 4

interface Kernel {
  add_column(column: number, sums: number, users: number): void
  score(
    offsets: number,
    users: number,
    items: number,
    weights: number,
    divisors: number,
    lanes: number,
    scores: number,
  ): void
}

const compiled = new WebAssembly.Module(Buffer.from(COMPILED_KERNEL, 'base64'))

/**
 * Scores with EASE in its dual form, without an item × item matrix: with K·X·h, the weight of each user for a history, an
 * item's score is the sum of the weights of its users. The columns of K·X are kept when an item first occurs. Not
 * re-entrant, as buffers are reused.
 */
export class DualScorer implements WeightsScorer {
  readonly items: number
  readonly #kernel: Float32Array
  readonly #users: number
  /** The columns of X: the users of each item, ascending. */
  readonly #byItem: Histories
  /** λ·P_jj */
  readonly #divisors: Float64Array
  readonly #memory: DualMemory
  readonly #isComputed: Uint8Array

  constructor(
    { kernel, diagonal, regularization }: DualWeights,
    items: number,
    histories: Histories,
    maxCacheBytes = MAX_CACHE_BYTES,
  ) {
    this.items = items
    this.#kernel = kernel
    this.#users = histories.offsets.length - 1
    this.#byItem = transpose(distinct(histories), items)
    this.#divisors = diagonal.map((value) => regularization * value)
    this.#memory = layOut(this.#byItem, this.#divisors, this.#users, maxCacheBytes)
    this.#isComputed = new Uint8Array(items)
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    for (let from = 0; from < histories.length; from += LANES) {
      const block = histories.slice(from, from + LANES).map((history) => new Set(history))
      const scores = into.subarray(from * this.items, (from + block.length) * this.items)
      this.#scoreBlock(block, scores)
      // An item does not contribute to itself: removes its term −P_jj / P_jj, of which 1/λ is from I
      for (const [n, items] of block.entries())
        for (const item of items) scores[n * this.items + item]! += 1 - 1 / this.#divisors[item]!
    }
  }

  contributions(history: Int32Array): (item: number) => Float64Array {
    const { offsets, items: users } = this.#byItem
    return contributionsOf(history, (item) => {
      const weights = this.#columnOf(item)
      const divisor = this.#divisors[item]!
      return (row) => {
        if (row === item) return 0
        let sum = 0
        for (let n = offsets[row]!, end = offsets[row + 1]!; n < end; n++) sum += weights[users[n]!]!
        return sum / divisor
      }
    })
  }

  #scoreBlock(histories: readonly Iterable<number>[], into: Float32Array): void {
    const { kernel, addresses, sums, weights, scores } = this.#memory
    for (const [lane, history] of histories.entries()) {
      sums.fill(0)
      for (const item of history)
        kernel.add_column(this.#columnOf(item).byteOffset, sums.byteOffset, sums.length)
      for (let user = 0; user < sums.length; user++) weights[user * LANES + lane] = sums[user]!
    }
    const { offsets, users, divisors } = addresses
    kernel.score(
      offsets,
      users,
      this.items,
      weights.byteOffset,
      divisors,
      histories.length,
      scores.byteOffset,
    )
    into.set(scores.subarray(0, into.length))
  }

  /** K·X·e for one item: the sum of the rows of its users, as K is symmetric. */
  #columnOf(item: number): Float32Array {
    const { columns, columnSize, isCache } = this.#memory
    const column = columns.subarray(isCache ? item * columnSize : 0, (isCache ? item + 1 : 1) * columnSize)
    if (isCache && this.#isComputed[item] === 1) return column
    column.set(this.#addUpRows(item))
    this.#isComputed[item] = 1
    return column
  }

  #addUpRows(item: number): Float64Array {
    const { offsets, items } = this.#byItem
    const kernel = this.#kernel
    const sum = new Float64Array(this.#users)
    for (let n = offsets[item]!, end = offsets[item + 1]!; n < end; n++) {
      const from = items[n]! * sum.length
      for (let user = 0; user < sum.length; user++) sum[user]! += kernel[from + user]!
    }
    return sum
  }
}

/** The memory of the kernel. Users are padded to a multiple of four. */
interface DualMemory {
  readonly kernel: Kernel
  readonly addresses: { readonly offsets: number; readonly users: number; readonly divisors: number }
  /** Columns of K·X: of all items, or one that is overwritten. */
  readonly columns: Float32Array
  readonly columnSize: number
  readonly isCache: boolean
  /** The weights of one history, and those of four by user. */
  readonly sums: Float64Array
  readonly weights: Float64Array
  /** LANES × items */
  readonly scores: Float32Array
}

function layOut(
  { offsets, items: users }: Histories,
  divisors: Float64Array,
  count: number,
  maxCacheBytes: number,
): DualMemory {
  const columnSize = 4 * Math.ceil(count / 4)
  const items = divisors.length
  const isCache = 4 * columnSize * items <= maxCacheBytes
  const memory = new KernelMemory()
  const addresses = {
    offsets: memory.reserve(offsets.length),
    users: memory.reserve(users.length),
    divisors: memory.reserve(2 * items),
  }
  const columns = memory.reserve(columnSize * (isCache ? items : 1))
  const [sums, weights] = [memory.reserve(2 * columnSize), memory.reserve(2 * LANES * columnSize)]
  const scores = memory.reserve(LANES * items)
  const { buffer, kernel } = memory.allocate<Kernel>(compiled, 'item-weights: the columns')
  new Int32Array(buffer, addresses.offsets, offsets.length).set(offsets)
  new Int32Array(buffer, addresses.users, users.length).set(users)
  new Float64Array(buffer, addresses.divisors, items).set(divisors)
  return {
    kernel,
    addresses,
    columns: new Float32Array(buffer, columns, columnSize * (isCache ? items : 1)),
    columnSize,
    isCache,
    sums: new Float64Array(buffer, sums, columnSize),
    weights: new Float64Array(buffer, weights, LANES * columnSize),
    scores: new Float32Array(buffer, scores, LANES * items),
  }
}

function distinct({ offsets, items }: Histories): Histories {
  const sets = Array.from({ length: offsets.length - 1 }, (_, user) =>
    [...new Set(items.subarray(offsets[user], offsets[user + 1]))].sort((a, b) => a - b),
  )
  const ends = new Int32Array(offsets.length)
  for (const [user, set] of sets.entries()) ends[user + 1] = ends[user]! + set.length
  return { offsets: ends, items: Int32Array.from(sets.flat()) }
}

function transpose({ offsets, items }: Histories, columns: number): Histories {
  const ends = new Int32Array(columns + 1)
  for (const item of items) ends[item + 1]!++
  for (let item = 0; item < columns; item++) ends[item + 1]! += ends[item]!
  const next = ends.slice()
  const users = new Int32Array(items.length)
  for (let user = 0; user + 1 < offsets.length; user++)
    for (let n = offsets[user]!; n < offsets[user + 1]!; n++) users[next[items[n]!]!++] = user
  return { offsets: ends, items: users }
}
