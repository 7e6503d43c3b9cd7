/** The bins of a feature: bin b contains the values in [upper[b − 1], upper[b]). */
export interface Cuts {
  /** One bound per bin, ascending; the last is greater than every value. */
  readonly upper: Float32Array
  /** A bound less than every value. */
  readonly below: number
  readonly hasMissing: boolean
}

/** One column of a row-major table without NaN, ascending, with the weights of its values. */
export interface SortedColumn {
  readonly values: Float32Array
  /** All values have equal weight if absent. */
  readonly weights?: Float32Array
  readonly hasMissing: boolean
}

const RADIX_BITS = 11
const RADIX = 1 << RADIX_BITS

/** Maps the bits of a float32 to an unsigned integer with the same order. */
const sortable = (bits: number) => (bits < 0 ? ~bits : bits | 0x80000000) >>> 0
const restored = (key: number) => (key >>> 31 ? key & 0x7fffffff : ~key)

export function sortColumn(
  rows: Float32Array,
  features: number,
  feature: number,
  weightOf?: (row: number) => number,
): SortedColumn {
  const count = rows.length / features
  const values = new Float32Array(count)
  const weights = weightOf && new Float32Array(count)
  let kept = 0
  for (let row = 0; row < count; row++) {
    const value = rows[row * features + feature]!
    if (Number.isNaN(value)) continue
    if (weights) weights[kept] = weightOf(row)
    values[kept++] = value + 0 // turns -0 into 0
  }
  const hasMissing = kept < count
  const sorted = radixSort(values.subarray(0, kept), weights?.subarray(0, kept))
  return { ...sorted, hasMissing }
}

function radixSort(values: Float32Array, weights?: Float32Array): Omit<SortedColumn, 'hasMissing'> {
  const count = values.length
  let [keys, other] = [new Uint32Array(count), new Uint32Array(count)]
  const bits = new Int32Array(values.buffer, values.byteOffset, count)
  for (let at = 0; at < count; at++) keys[at] = sortable(bits[at]!)
  let carried: Float32Array | undefined = weights
  let otherCarried: Float32Array | undefined = weights && new Float32Array(count)
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = digitStarts(keys, shift)
    for (let at = 0; at < count; at++) {
      const to = starts[(keys[at]! >>> shift) & (RADIX - 1)]!++
      other[to] = keys[at]!
      if (carried) otherCarried![to] = carried[at]!
    }
    ;[keys, other] = [other, keys]
    ;[carried, otherCarried] = [otherCarried, carried]
  }
  const sorted = new Int32Array(count)
  for (let at = 0; at < count; at++) sorted[at] = restored(keys[at]!)
  const result = { values: new Float32Array(sorted.buffer) }
  return carried ? { ...result, weights: carried } : result
}

function digitStarts(keys: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(RADIX)
  for (let at = 0; at < keys.length; at++) starts[(keys[at]! >>> shift) & (RADIX - 1)]!++
  let sum = 0
  for (let digit = 0; digit < RADIX; digit++) {
    const count = starts[digit]!
    starts[digit] = sum
    sum += count
  }
  return starts
}

/**
 * Cuts a column into bins of about equal weight; each distinct value has its own bin if there are at most `maxBins`. The
 * quantiles are exact, unlike XGBoost's sketches. A value heavier than one bin reduces the weight of the remaining bins.
 */
export function cutColumn(column: SortedColumn, maxBins: number): Cuts {
  const { values, hasMissing } = column
  const runs = distinctRuns(column)
  const bins = hasMissing ? Math.min(maxBins, 255) : maxBins
  const starts = runs.values.length <= bins ? runs.values.subarray(1) : quantiles(runs, bins)
  const first = values[0] ?? 0
  const last = values[values.length - 1] ?? 0
  const upper = new Float32Array(starts.length + 1)
  upper.set(starts)
  upper[starts.length] = clampToFinite(last + (Math.abs(last) + 1e-5))
  return { upper, below: clampToFinite(first - (Math.abs(first) + 1e-5)), hasMissing }
}

const LARGEST = 3.4028234663852886e38
const clampToFinite = (value: number) => Math.fround(Math.min(Math.max(value, -LARGEST), LARGEST))

interface Runs {
  readonly values: Float32Array
  readonly weights: Float64Array
  readonly total: number
}

function distinctRuns({ values, weights }: SortedColumn): Runs {
  const distinct = new Float32Array(values.length)
  const sums = new Float64Array(values.length)
  let runs = 0
  let total = 0
  for (let at = 0; at < values.length; at++) {
    if (at === 0 || values[at] !== values[at - 1]) distinct[runs++] = values[at]!
    const weight = weights ? weights[at]! : 1
    sums[runs - 1]! += weight
    total += weight
  }
  return { values: distinct.slice(0, runs), weights: sums.subarray(0, runs), total }
}

/** The first value of each bin except the first. */
function quantiles({ values, weights, total }: Runs, bins: number): Float32Array {
  const starts = new Float32Array(bins - 1)
  let cuts = 0
  let left = total
  let filled = 0
  for (let run = 0; run < values.length && cuts < bins - 1; run++) {
    const target = left / (bins - cuts)
    if (filled > 0 && filled + weights[run]! / 2 > target) {
      starts[cuts++] = values[run]!
      left -= filled
      filled = 0
    }
    filled += weights[run]!
  }
  return starts.slice(0, cuts)
}
