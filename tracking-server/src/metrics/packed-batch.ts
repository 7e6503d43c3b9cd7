import type { MetricPoint } from './logged-points.js'
import { pack } from './point-codec.js'

/** Fewer points than this are stored as single rows. */
const MIN_BATCH = 4

export interface PackedBatch {
  readonly size: number
  /** The text of a row of `metric_batches`. */
  readonly batch: string
}

/** The points of one request in the form in which the history stores them: a few as rows, more as one packed batch. */
export type HistoryPoints = { readonly points: readonly MetricPoint[] } | PackedBatch

/** @param series the same points by key */
export const toHistoryPoints = (
  points: readonly MetricPoint[],
  series: ReadonlyMap<string, readonly MetricPoint[]>,
): HistoryPoints =>
  points.length < MIN_BATCH
    ? { points }
    : {
        size: points.length,
        batch: JSON.stringify(Array.from(series, ([key, own]) => [key, packPoints(own)])),
      }

/** Packs points in the order of logging. */
const packPoints = (points: readonly MetricPoint[]): string =>
  pack({
    timestamps: points.map(({ timestamp }) => timestamp),
    steps: points.map(({ step }) => step),
    values: points.map(({ value, is_nan }) => (is_nan ? Number.NaN : value)),
  })

/** Returns the packed series of a batch, or only that of `key`. */
export function seriesInBatch(
  batch: string,
  key?: string,
): readonly (readonly [key: string, points: string])[] {
  if (key !== undefined && !batch.includes(JSON.stringify(key))) return []
  const series = JSON.parse(batch) as [string, string][]
  return key === undefined ? series : series.filter(([name]) => name === key)
}
