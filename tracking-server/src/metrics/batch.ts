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

/** @param series the same points by their keys */
export const toLogged = (
  points: readonly MetricPoint[],
  series: ReadonlyMap<string, readonly MetricPoint[]>,
): LoggedPoints =>
  points.length < MIN_BATCH
    ? { points }
    : { size: points.length, batch: JSON.stringify(Array.from(series, ([key, own]) => [key, packed(own)])) }

/** In the order in which they came. */
const packed = (points: readonly MetricPoint[]): string =>
  pack({
    timestamps: points.map(({ timestamp }) => timestamp),
    steps: points.map(({ step }) => step),
    values: points.map(({ value, is_nan }) => (is_nan ? Number.NaN : value)),
  })

/** The points of `key` in a batch, or nothing. */
export function packedIn(batch: string, key?: string): readonly (readonly [key: string, points: string])[] {
  if (key !== undefined && !batch.includes(JSON.stringify(key))) return []
  const series = JSON.parse(batch) as [string, string][]
  return key === undefined ? series : series.filter(([name]) => name === key)
}
