import { invalid } from '@cairn/platform/errors'
import { scoreBits, sortKey } from './sort-key.js'

/** Scores with equal sign, exponent and three leading bits of the fraction share a bucket. */
const SHIFT = 20
const BUCKETS = 2 ** (32 - SHIFT)
/** A key and a place must fit into a float64 integer. */
const MAX_ITEMS = 2 ** 21
/** Key of items that are not ranked; larger than those of scores. */
const UNRANKED = 0xffffffff

/**
 * Selects the items that a member of the first stage scores best, and the ranks of a few others, without sorting all: three
 * passes over the items, two of which only read their buckets.
 */
export class PartialRanking {
  readonly #tieOrder: Int32Array
  /** Each row's place in the tie order. */
  readonly #places: Int32Array
  /** By row. */
  readonly #keys: Uint32Array
  /** Keys with places, for sorting. */
  readonly #entries: Float64Array
  readonly #counts = new Int32Array(BUCKETS)
  /** Range of each bucket within the requested keys. */
  readonly #starts = new Int32Array(BUCKETS)
  readonly #ends = new Int32Array(BUCKETS)
  #ranked = 0

  /**
   * `tieOrder` has every row once, in the order of items with equal scores.
   *
   * @throws INVALID_PARAMETER_VALUE for more than two million items
   */
  constructor(tieOrder: Int32Array) {
    if (tieOrder.length > MAX_ITEMS)
      throw invalid(`two-stage: at most ${MAX_ITEMS} items, not ${tieOrder.length}`)
    this.#tieOrder = tieOrder
    this.#places = new Int32Array(tieOrder.length)
    for (const [place, row] of tieOrder.entries()) this.#places[row] = place
    this.#keys = new Uint32Array(tieOrder.length)
    this.#entries = new Float64Array(tieOrder.length)
  }

  /** Sets the scores for the following calls; items that are hidden or have no score (−∞, NaN) are not ranked. */
  setScores(scores: Float32Array, hidden: Uint8Array): void {
    const [keys, bits, counts] = [this.#keys, scoreBits(scores), this.#counts.fill(0)]
    let ranked = 0
    for (let row = 0; row < keys.length; row++) {
      if (hidden[row] === 1 || !(scores[row]! > Number.NEGATIVE_INFINITY)) {
        keys[row] = UNRANKED
        continue
      }
      const key = sortKey(bits[row]!)
      keys[row] = key
      counts[key >>> SHIFT]!++
      ranked++
    }
    this.#ranked = ranked
  }

  /** Returns the rows of the best `count` items, best first. */
  top(count: number): Int32Array {
    const [keys, places, entries, counts] = [this.#keys, this.#places, this.#entries, this.#counts]
    const wanted = Math.min(count, this.#ranked)
    let last = -1
    for (let found = 0; found < wanted; found += counts[last]!) last++
    const limit = (last + 1) * 2 ** SHIFT
    let chosen = 0
    for (let row = 0; row < keys.length; row++)
      if (keys[row]! < limit) entries[chosen++] = keys[row]! * MAX_ITEMS + places[row]!
    const order = entries.subarray(0, chosen).sort()
    const best = new Int32Array(wanted)
    for (let n = 0; n < wanted; n++) best[n] = this.#tieOrder[order[n]! % MAX_ITEMS]!
    return best
  }

  /** Returns for each of the rows, which must have a score, the number of items with a better one. */
  ranks(rows: Int32Array): Int32Array {
    const keys = new Uint32Array(rows.length)
    for (let n = 0; n < rows.length; n++) keys[n] = this.#keys[rows[n]!]!
    const distinct = withoutRepeats(keys.slice().sort())
    const better = this.#countBetter(distinct)
    const ranks = new Int32Array(rows.length)
    for (let n = 0; n < rows.length; n++)
      ranks[n] = better[lowerBound(distinct, keys[n]!, 0, distinct.length)]!
    return ranks
  }

  /** Counts for each of the ascending keys the items with a lower key: those of lower buckets and those of its own. */
  #countBetter(keys: Uint32Array): Int32Array {
    const counts = this.#counts
    const better = this.#countWithin(keys)
    let bucket = 0
    let before = 0
    let inBucket = 0
    for (let n = 0; n < keys.length; n++) {
      const keyBucket = keys[n]! >>> SHIFT
      if (bucket < keyBucket) inBucket = 0
      for (; bucket < keyBucket; bucket++) before += counts[bucket]!
      inBucket += better[n]!
      better[n] = before + inBucket
    }
    return better
  }

  /** Counts for each key the items of its bucket between it and the previous key; those after the last key are not counted. */
  #countWithin(keys: Uint32Array): Int32Array {
    const within = new Int32Array(keys.length)
    const [ends, starts, itemKeys] = [this.#ends.fill(0), this.#starts, this.#keys]
    for (let n = 0; n < keys.length; n++) ends[keys[n]! >>> SHIFT] = n + 1
    for (let n = keys.length - 1; n >= 0; n--) starts[keys[n]! >>> SHIFT] = n
    for (let row = 0; row < itemKeys.length; row++) {
      const key = itemKeys[row]!
      const end = ends[key >>> SHIFT]!
      if (end === 0) continue
      const next = lowerBound(keys, key + 1, starts[key >>> SHIFT]!, end)
      if (next < end) within[next]!++
    }
    return within
  }
}

function withoutRepeats(sorted: Uint32Array): Uint32Array {
  let count = 0
  for (let n = 0; n < sorted.length; n++)
    if (n === 0 || sorted[n] !== sorted[n - 1]) sorted[count++] = sorted[n]!
  return sorted.subarray(0, count)
}

/** Binary search: the index of the first of the ascending keys that is not below `key`, within from…to. */
function lowerBound(keys: Uint32Array, key: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
