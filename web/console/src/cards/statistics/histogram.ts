import { ascending, quantile } from './quantile.js'

export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

const MAX_BINS = 60

/** Bins of equal width, the last one closed. @param wanted default: by Freedman and Diaconis, at least Sturges' number */
export function histogramOf(values: readonly number[], wanted?: number): Bin[] {
  const sorted = ascending(values)
  if (sorted.length === 0) return []
  const [least, greatest] = [sorted[0]!, sorted.at(-1)!]
  const count = wanted ?? binCount(sorted)
  const width = (greatest - least) / count
  // All values are equal, or too close for several bins.
  if (!(width > 0)) return [{ from: least, to: greatest, count: sorted.length }]
  const counts = new Array<number>(count).fill(0)
  for (const value of sorted) counts[Math.min(count - 1, Math.floor((value - least) / width))]!++
  return counts.map((inside, i) => ({
    from: i === 0 ? least : least + i * width,
    to: i === count - 1 ? greatest : least + (i + 1) * width,
    count: inside,
  }))
}

function binCount(sorted: Float64Array): number {
  const sturges = Math.ceil(Math.log2(sorted.length)) + 1
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
  const width = (2 * spread) / Math.cbrt(sorted.length)
  const freedman = width > 0 ? Math.ceil((sorted.at(-1)! - sorted[0]!) / width) : 0
  return Math.min(MAX_BINS, Math.max(sturges, freedman))
}
