import type { Column } from './columns.js'
import { type Interval, intervalOf, type RunRow } from './row.js'

export type Scales = ReadonlyMap<string, Interval>

/**
 * For each metric that has intervals, the range that holds those of one protocol, so that whiskers in a column compare
 * where the figures do.
 */
export function metricScales(rows: readonly RunRow[], columns: readonly Column[]): Scales {
  const scales = new Map<string, Interval>()
  for (const { kind, key } of columns) {
    if (kind !== 'metrics') continue
    for (const row of rows) {
      const interval = intervalOf(row.metrics, key)
      if (!interval) continue
      const scale = scaleKey(row, key)
      scales.set(scale, spanOf([interval, scales.get(scale) ?? interval]))
    }
  }
  return scales
}

export const scaleKey = (row: RunRow, metric: string) => `${metric} ${row.tags.get('cairn.protocol') ?? ''}`

export const spanOf = (intervals: readonly Interval[]): Interval => ({
  low: intervals.reduce((low, one) => Math.min(low, one.low), Infinity),
  high: intervals.reduce((high, one) => Math.max(high, one.high), -Infinity),
})

/** Where a value lies between the ends, 0 to 1; the middle where the ends meet. */
export const position = (value: number, { low, high }: Interval) =>
  high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5
