import type { Bucket } from './metrics-text.js'

/**
 * Estimates a quantile of a histogram, linearly within its bucket, as Prometheus' `histogram_quantile` does. Beyond the last
 * finite bound it is that bound.
 *
 * @param buckets cumulative and ascending
 * @param quantile 0 to 1
 * @returns NaN for an empty histogram
 */
export function percentile(buckets: readonly Bucket[], quantile: number): number {
  const rank = quantile * (buckets.at(-1)?.count ?? 0)
  if (rank === 0) return Number.NaN
  const index = buckets.findIndex(({ count }) => count >= rank)
  const { le, count } = buckets[index]!
  const low = buckets[index - 1] ?? { le: 0, count: 0 }
  return Number.isFinite(le) ? low.le + ((le - low.le) * (rank - low.count)) / (count - low.count) : low.le
}
