import { scoreBits, sortKey } from './sort-key.js'

const DIGIT_BITS = 11
const BUCKETS = 2 ** DIGIT_BITS

/** Sorts items by score with a radix sort: three passes over the items for any scores. */
export class Ordering {
  readonly #tieOrder: Int32Array
  readonly #keys: Uint32Array
  readonly #otherKeys: Uint32Array
  readonly #rows: Int32Array
  readonly #otherRows: Int32Array
  readonly #positions = new Int32Array(BUCKETS)

  /** `tieOrder` has every row once, in the order of items with equal scores. */
  constructor(tieOrder: Int32Array) {
    const { length } = tieOrder
    this.#tieOrder = tieOrder
    this.#keys = new Uint32Array(length)
    this.#otherKeys = new Uint32Array(length)
    this.#rows = new Int32Array(length)
    this.#otherRows = new Int32Array(length)
  }

  /** Returns the rows with a score (above −∞, not NaN) that are not hidden, best first. The next call overwrites them. */
  order(scores: Float32Array, hidden: Uint8Array): Int32Array {
    let [keys, otherKeys] = [this.#keys, this.#otherKeys]
    let [rows, otherRows] = [this.#rows, this.#otherRows]
    const count = this.#collect(scores, hidden)
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (!this.#findPositions(keys, count, shift)) continue
      for (let n = 0; n < count; n++) {
        const position = this.#positions[(keys[n]! >>> shift) & (BUCKETS - 1)]!++
        otherKeys[position] = keys[n]!
        otherRows[position] = rows[n]!
      }
      ;[keys, otherKeys] = [otherKeys, keys]
      ;[rows, otherRows] = [otherRows, rows]
    }
    return rows.subarray(0, count)
  }

  #collect(scores: Float32Array, hidden: Uint8Array): number {
    const bits = scoreBits(scores)
    let count = 0
    for (const row of this.#tieOrder) {
      if (hidden[row] === 1 || !(scores[row]! > Number.NEGATIVE_INFINITY)) continue
      this.#keys[count] = sortKey(bits[row]!)
      this.#rows[count++] = row
    }
    return count
  }

  /** Computes the start of each bucket. Returns false if all keys are in one bucket, so that the pass can be skipped. */
  #findPositions(keys: Uint32Array, count: number, shift: number): boolean {
    const positions = this.#positions.fill(0)
    for (let n = 0; n < count; n++) positions[(keys[n]! >>> shift) & (BUCKETS - 1)]!++
    let next = 0
    let largest = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const size = positions[bucket]!
      largest = Math.max(largest, size)
      positions[bucket] = next
      next += size
    }
    return largest < count
  }
}
