import { invalid } from '@cairn/platform/errors'
import { scoreBits, sortKey } from './sort-key.js'

/** Scores with equal sign, exponent and two digits of the fraction share a bucket. */
const SHIFT = 21
const BUCKETS = 2 ** (32 - SHIFT)
/** Places fit below a key in a float64. */
const MAX_ITEMS = 2 ** SHIFT

/**
 * Finds the best items of a list of scores, and the ranks of a few others, without sorting the rest: three passes over
 * the items, two of which only look at their buckets.
 */
export class Ranking {
  readonly #first: Int32Array
  readonly #keys: Uint32Array
  readonly #rows: Int32Array
  readonly #counts = new Int32Array(BUCKETS)
  /** Of the keys asked for, where those of a bucket begin and end. */
  readonly #starts = new Int32Array(BUCKETS)
  readonly #ends = new Int32Array(BUCKETS)
  #bits: Int32Array = new Int32Array()
  #items = 0

  /**
   * `first` is the order in which items with equal scores come: every row once.
   *
   * @throws INVALID_PARAMETER_VALUE for more than two million items
   */
  constructor(first: Int32Array) {
    if (first.length > MAX_ITEMS) throw invalid(`two-stage: at most ${MAX_ITEMS} items, not ${first.length}`)
    this.#first = first
    this.#keys = new Uint32Array(first.length)
    this.#rows = new Int32Array(first.length)
  }

  /** Ranks by these scores from now on; items that are hidden, or have no score (−∞, NaN), have no rank. */
  take(scores: Float32Array, hidden: Uint8Array): void {
    const bits = scoreBits(scores)
    const counts = this.#counts.fill(0)
    let items = 0
    for (let place = 0; place < this.#first.length; place++) {
      const row = this.#first[place]!
      if (hidden[row] === 1 || !(scores[row]! > Number.NEGATIVE_INFINITY)) continue
      const key = sortKey(bits[row]!)
      this.#keys[items] = key
      this.#rows[items++] = row
      counts[key >>> SHIFT]!++
    }
    this.#bits = bits
    this.#items = items
  }

  /** The rows of the best `count` items, best first. */
  top(count: number): Int32Array {
    const wanted = Math.min(count, this.#items)
    let last = -1
    for (let found = 0; found < wanted; found += this.#counts[last]!) last++
    const chosen: number[] = []
    for (let place = 0; place < this.#items; place++)
      if (this.#keys[place]! >>> SHIFT <= last) chosen.push(this.#keys[place]! * MAX_ITEMS + place)
    const order = Float64Array.from(chosen).sort().subarray(0, wanted)
    return Int32Array.from(order, (one) => this.#rows[one % MAX_ITEMS]!)
  }

  /** For each of the rows, which must have a score, how many items have a better one. */
  ranks(rows: Int32Array): Int32Array {
    const keys = Uint32Array.from(rows, (row) => sortKey(this.#bits[row]!)).sort()
    const better = this.#countBetter(keys)
    return rows.map((row) => better[indexOf(keys, sortKey(this.#bits[row]!))]!)
  }

  /** For each of the ascending keys how many items have a lower one: those of lower buckets, and those in its own. */
  #countBetter(keys: Uint32Array): Int32Array {
    const within = this.#countWithin(keys)
    let bucket = 0
    let before = 0
    let inBucket = 0
    return Int32Array.from(keys, (key, n) => {
      const own = key >>> SHIFT
      if (bucket < own) inBucket = 0
      for (; bucket < own; bucket++) before += this.#counts[bucket]!
      inBucket += within[n]!
      return before + inBucket
    })
  }

  /** For each key how many items of its bucket lie between it and the key before; those beyond its last key are nowhere. */
  #countWithin(keys: Uint32Array): Int32Array {
    const within = new Int32Array(keys.length)
    const ends = this.#ends.fill(0)
    for (let n = 0; n < keys.length; n++) ends[keys[n]! >>> SHIFT] = n + 1
    const starts = this.#starts
    for (let n = keys.length - 1; n >= 0; n--) starts[keys[n]! >>> SHIFT] = n
    for (let place = 0; place < this.#items; place++) {
      const key = this.#keys[place]!
      const end = ends[key >>> SHIFT]!
      if (end === 0) continue
      const next = indexOf(keys, key + 1, starts[key >>> SHIFT]!, end)
      if (next < end) within[next]!++
    }
    return within
  }
}

/** The first of the ascending keys that is not below `key`, looked for from `from` to `to`. */
function indexOf(keys: Uint32Array, key: number, from = 0, to = keys.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
