import { invalid } from '@cairn/platform/errors'
import { scoreBits, sortKey } from './sort-key.js'

/** Scores with equal sign, exponent and two leading bits of the fraction share a bucket. */
const SHIFT = 21
const BUCKETS = 2 ** (32 - SHIFT)
/** A key and a position must fit into a float64 integer. */
const MAX_ITEMS = 2 ** SHIFT

/**
 * Selects the items that a member of the first stage scores best, and the ranks of a few others, without sorting all: three
 * passes over the items, two of which only read their buckets.
 */
export class PartialRanking {
  readonly #tieOrder: Int32Array
  readonly #keys: Uint32Array
  readonly #rows: Int32Array
  readonly #counts = new Int32Array(BUCKETS)
  /** Range of each bucket within the requested keys. */
  readonly #starts = new Int32Array(BUCKETS)
  readonly #ends = new Int32Array(BUCKETS)
  #bits: Int32Array = new Int32Array()
  #items = 0

  /**
   * `tieOrder` has every row once, in the order of items with equal scores.
   *
   * @throws INVALID_PARAMETER_VALUE for more than two million items
   */
  constructor(tieOrder: Int32Array) {
    if (tieOrder.length > MAX_ITEMS)
      throw invalid(`two-stage: at most ${MAX_ITEMS} items, not ${tieOrder.length}`)
    this.#tieOrder = tieOrder
    this.#keys = new Uint32Array(tieOrder.length)
    this.#rows = new Int32Array(tieOrder.length)
  }

  /** Sets the scores for the following calls; items that are hidden or have no score (−∞, NaN) are not ranked. */
  setScores(scores: Float32Array, hidden: Uint8Array): void {
    const bits = scoreBits(scores)
    const counts = this.#counts.fill(0)
    let items = 0
    for (const row of this.#tieOrder) {
      if (hidden[row] === 1 || !(scores[row]! > Number.NEGATIVE_INFINITY)) continue
      const key = sortKey(bits[row]!)
      this.#keys[items] = key
      this.#rows[items++] = row
      counts[key >>> SHIFT]!++
    }
    this.#bits = bits
    this.#items = items
  }

  /** Returns the rows of the best `count` items, best first. */
  top(count: number): Int32Array {
    const wanted = Math.min(count, this.#items)
    let last = -1
    for (let found = 0; found < wanted; found += this.#counts[last]!) last++
    const chosen: number[] = []
    for (let position = 0; position < this.#items; position++)
      if (this.#keys[position]! >>> SHIFT <= last) chosen.push(this.#keys[position]! * MAX_ITEMS + position)
    const order = Float64Array.from(chosen).sort().subarray(0, wanted)
    return Int32Array.from(order, (entry) => this.#rows[entry % MAX_ITEMS]!)
  }

  /** Returns for each of the rows, which must have a score, the number of items with a better one. */
  ranks(rows: Int32Array): Int32Array {
    const keys = Uint32Array.from(rows, (row) => sortKey(this.#bits[row]!)).sort()
    const better = this.#countBetter(keys)
    return rows.map((row) => better[lowerBound(keys, sortKey(this.#bits[row]!))]!)
  }

  /** Counts for each of the ascending keys the items with a lower key: those of lower buckets and those of its own. */
  #countBetter(keys: Uint32Array): Int32Array {
    const within = this.#countWithin(keys)
    let bucket = 0
    let before = 0
    let inBucket = 0
    return Int32Array.from(keys, (key, n) => {
      const keyBucket = key >>> SHIFT
      if (bucket < keyBucket) inBucket = 0
      for (; bucket < keyBucket; bucket++) before += this.#counts[bucket]!
      inBucket += within[n]!
      return before + inBucket
    })
  }

  /** Counts for each key the items of its bucket between it and the previous key; those after the last key are not counted. */
  #countWithin(keys: Uint32Array): Int32Array {
    const within = new Int32Array(keys.length)
    const ends = this.#ends.fill(0)
    for (let n = 0; n < keys.length; n++) ends[keys[n]! >>> SHIFT] = n + 1
    const starts = this.#starts
    for (let n = keys.length - 1; n >= 0; n--) starts[keys[n]! >>> SHIFT] = n
    for (let position = 0; position < this.#items; position++) {
      const key = this.#keys[position]!
      const end = ends[key >>> SHIFT]!
      if (end === 0) continue
      const next = lowerBound(keys, key + 1, starts[key >>> SHIFT]!, end)
      if (next < end) within[next]!++
    }
    return within
  }
}

/** Binary search: the index of the first of the ascending keys that is not below `key`, within from…to. */
function lowerBound(keys: Uint32Array, key: number, from = 0, to = keys.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
