import type { BucketedMetric } from '../api/runs.js'

/** The least time between two changes of what a query shows. */
export const MIN_INTERVAL_MS = 500
/** A chart of 25,000 buckets changes every 2.5 s. */
const BUCKET_INTERVAL_MS = 0.1
/** Charts over the values of 50 or more compared runs change every 5 s: some of them do statistics. */
const RUN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 5_000

/** @param data `BucketedMetric` or undefined */
export function intervalOfChart(data: unknown): number {
  const { runs = [] } = (data ?? {}) as Partial<BucketedMetric>
  const buckets = runs.reduce((sum, run) => sum + run.buckets.length, 0)
  return Math.max(MIN_INTERVAL_MS, buckets * BUCKET_INTERVAL_MS)
}

export const intervalOfRuns = (runs: number): number =>
  Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, runs * RUN_INTERVAL_MS))
