import type { MetricDataPoint } from '../api/traces.js'
import type { Curve } from '../charts/series.js'

const BUCKETS = 60
const STEPS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 86_400]
const DAY = 86_400

/** The length of an interval in seconds, so that about 60 round ones cover the time. */
export function bucketSeconds(ms: number): number {
  const wanted = ms / 1000 / BUCKETS
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY) * DAY
}

export interface Intervals {
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly interval: number
}

/**
 * The values of an aggregation by time in seconds.
 *
 * @param zeros the intervals in which no point means zero
 */
export function curveOf(points: readonly MetricDataPoint[], aggregation: string, zeros?: Intervals): Curve {
  const byTime = new Map<number, number>()
  if (zeros && points.length > 0)
    for (let x = zeros.from; x <= zeros.to; x += zeros.interval) byTime.set(x, 0)
  for (const { dimensions, values } of points)
    byTime.set(Date.parse(dimensions?.time_bucket ?? '') / 1000, values[aggregation] ?? Number.NaN)
  const sorted = [...byTime].sort(([a], [b]) => a - b)
  return { xs: sorted.map(([x]) => x), ys: sorted.map(([, y]) => y) }
}

export const totalOf = (points: readonly MetricDataPoint[], aggregation: string) =>
  points.reduce((sum, { values }) => sum + (values[aggregation] ?? 0), 0)
