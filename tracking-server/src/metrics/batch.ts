import type { MetricPoint } from '../runs/points.js'
import { pack } from './packed.js'

/** Fewer points than this are rows of their own. */
const MIN_BATCH = 4

export interface PackedPoints {
  readonly size: number
  /** The text of a row of `metric_batches`. */
  readonly batch: string
}

/** What one request logged, as the history takes it: a few points as they are, more as one batch. */
export type LoggedPoints = { readonly points: readonly MetricPoint[] } | PackedPoints

export const toLogged = (points: readonly MetricPoint[]): LoggedPoints =>
  points.length < MIN_BATCH ? { points } : { size: points.length, batch: JSON.stringify(packed(points)) }

/** Each key with its points, in the order in which they came. */
function packed(points: readonly MetricPoint[]): [key: string, points: string][] {
  const series = new Map<string, { timestamps: number[]; steps: number[]; values: number[] }>()
  for (const { key, timestamp, step, value, is_nan } of points) {
    const ofKey = series.get(key) ?? { timestamps: [], steps: [], values: [] }
    series.set(key, ofKey)
    ofKey.timestamps.push(timestamp)
    ofKey.steps.push(step)
    ofKey.values.push(is_nan ? Number.NaN : value)
  }
  return Array.from(series, ([key, ofKey]) => [key, pack(ofKey)])
}

/** The points of `key` in a batch, or nothing. */
export function packedIn(batch: string, key?: string): readonly (readonly [key: string, points: string])[] {
  if (key !== undefined && !batch.includes(JSON.stringify(key))) return []
  const series = JSON.parse(batch) as [string, string][]
  return key === undefined ? series : series.filter(([name]) => name === key)
}
