import type { Metric } from '@cairn/platform/protocol/mlflow/metrics'
import type { MetricRow } from '../schema.js'
import type { PointColumns } from './point-columns.js'

/** Returns a stored point in wire format. */
export const toMetric = ({ key, value, timestamp, step, is_nan }: Omit<MetricRow, 'run_id'>): Metric => ({
  key,
  value: is_nan ? 'NaN' : value,
  timestamp,
  step,
})

/** Returns the points of one metric in wire format. */
export function toMetrics(key: string, { timestamps, steps, values }: PointColumns): Metric[] {
  return Array.from(values, (value, i) => ({
    key,
    value: Number.isNaN(value) ? ('NaN' as const) : value,
    timestamp: timestamps[i]!,
    step: steps[i]!,
  }))
}
