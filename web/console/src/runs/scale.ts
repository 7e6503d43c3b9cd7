import { columnDecimals } from '../metrics/column-decimals.js'
import type { Column } from './columns.js'
import { type Interval, intervalOf, type RunRow } from './row.js'
import type { Figures } from './use-figures.js'

export type Scales = ReadonlyMap<string, Interval>

/** The range of all intervals by metric and protocol, so that whiskers in a column are comparable if the metrics are. */
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
  low: intervals.reduce((low, interval) => Math.min(low, interval.low), Infinity),
  high: intervals.reduce((high, interval) => Math.max(high, interval.high), -Infinity),
})

/** The decimals of each column of metrics by key. */
export const metricDecimals = (
  rows: readonly RunRow[],
  columns: readonly Column[],
  figures: Figures,
): ReadonlyMap<string, number> =>
  new Map(
    columns
      .filter(({ kind }) => kind === 'metrics')
      .map(({ key }) => [
        key,
        columnDecimals(figures.get(key)?.values() ?? rows.map(({ metrics }) => metrics.get(key))),
      ]),
  )

/** Relative position in the interval, clamped to 0…1; 0.5 if the interval is empty. */
export const position = (value: number, { low, high }: Interval) =>
  high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5
