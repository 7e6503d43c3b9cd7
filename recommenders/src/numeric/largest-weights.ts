import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'

/** Keeps the weights of largest magnitude of each item, ties by ascending item; zeros are dropped. */
export class LargestWeights {
  readonly #kept: number
  readonly #sizes: Float32Array
  readonly #items: Int32Array
  readonly #values: Float32Array
  readonly #offsets: Int32Array
  #rows = 0

  constructor(items: number, kept: number) {
    this.#kept = Math.min(kept, items)
    this.#sizes = new Float32Array(items)
    this.#items = new Int32Array(items * this.#kept)
    this.#values = new Float32Array(items * this.#kept)
    this.#offsets = new Int32Array(items + 1)
  }

  /** Adds the weights between the next item and every item. */
  add(row: Float32Array): void {
    const sizes = this.#sizes
    for (let item = 0; item < row.length; item++) sizes[item] = Math.abs(row[item]!)
    const least = nthLargest(sizes, this.#kept)
    let equal = this.#kept
    for (let item = 0; item < row.length; item++) if (Math.abs(row[item]!) > least) equal--
    let at = this.#offsets[this.#rows]!
    for (let item = 0; item < row.length; item++) {
      const size = Math.abs(row[item]!)
      if (size === 0 || size < least || (size === least && equal-- <= 0)) continue
      this.#items[at] = item
      this.#values[at++] = row[item]!
    }
    this.#offsets[++this.#rows] = at
  }

  finish(): SparseRows {
    const length = this.#offsets[this.#rows]!
    return {
      offsets: this.#offsets,
      items: this.#items.slice(0, length),
      values: this.#values.slice(0, length),
    }
  }
}

/** The n-th largest value, n from 1, by Hoare's quickselect. Reorders `values`. */
export function nthLargest(values: Float32Array, n: number): number {
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const [right, left] = partition(values, low, high)
    if (n - 1 <= right) high = right
    else if (n - 1 >= left) low = left
    else break
  }
  return values[n - 1]!
}

/** Partitions low … high: larger values end up at or before `right`, smaller ones at or after `left`. */
function partition(values: Float32Array, low: number, high: number): [right: number, left: number] {
  const pivot = values[(low + high) >> 1]!
  let [left, right] = [low, high]
  while (left <= right) {
    while (values[left]! > pivot) left++
    while (values[right]! < pivot) right--
    if (left > right) break
    const value = values[left]!
    values[left++] = values[right]!
    values[right--] = value
  }
  return [right, left]
}
