import { scoreBits, sortKey } from './sort-key.js'

const DIGIT_BITS = 11
const BUCKETS = 2 ** DIGIT_BITS

/** Sorts items by their scores, digit by digit: three passes over the items, whatever their scores. */
export class Ordering {
  readonly #first: Int32Array
  readonly #keys: Uint32Array
  readonly #otherKeys: Uint32Array
  readonly #rows: Int32Array
  readonly #otherRows: Int32Array
  readonly #places = new Int32Array(BUCKETS)

  /** `first` is the order in which items with equal scores come: every row once. */
  constructor(first: Int32Array) {
    const { length } = first
    this.#first = first
    this.#keys = new Uint32Array(length)
    this.#otherKeys = new Uint32Array(length)
    this.#rows = new Int32Array(length)
    this.#otherRows = new Int32Array(length)
  }

  /** The rows that have a score (above −∞, not NaN) and are not hidden, best first. The next call overwrites them. */
  order(scores: Float32Array, hidden: Uint8Array): Int32Array {
    let [keys, otherKeys] = [this.#keys, this.#otherKeys]
    let [rows, otherRows] = [this.#rows, this.#otherRows]
    const count = this.#collect(scores, hidden)
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (!this.#findPlaces(keys, count, shift)) continue
      for (let n = 0; n < count; n++) {
        const place = this.#places[(keys[n]! >>> shift) & (BUCKETS - 1)]!++
        otherKeys[place] = keys[n]!
        otherRows[place] = rows[n]!
      }
      ;[keys, otherKeys] = [otherKeys, keys]
      ;[rows, otherRows] = [otherRows, rows]
    }
    return rows.subarray(0, count)
  }

  #collect(scores: Float32Array, hidden: Uint8Array): number {
    const bits = scoreBits(scores)
    let count = 0
    for (const row of this.#first) {
      if (hidden[row] === 1 || !(scores[row]! > Number.NEGATIVE_INFINITY)) continue
      this.#keys[count] = sortKey(bits[row]!)
      this.#rows[count++] = row
    }
    return count
  }

  /** Where each bucket begins; false when all are in one, and there is nothing to move. */
  #findPlaces(keys: Uint32Array, count: number, shift: number): boolean {
    const places = this.#places.fill(0)
    for (let n = 0; n < count; n++) places[(keys[n]! >>> shift) & (BUCKETS - 1)]!++
    let next = 0
    let most = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const size = places[bucket]!
      most = Math.max(most, size)
      places[bucket] = next
      next += size
    }
    return most < count
  }
}
