import { groupBy } from '@cairn/platform/collections/group-by'
import { invalid } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { pythonFloat } from '@cairn/platform/mlflow/python'
import type { LoggedMetric } from '@cairn/platform/protocol/mlflow/metrics'
import type { MetricRow } from '../schema.js'
import { type HistoryPoints, toHistoryPoints } from './packed-batch.js'

export type MetricPoint = Omit<MetricRow, 'run_id'>

/** @param path of the metric in the request, e.g. `metrics[0].`. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function toMetricPoint({ key, value, timestamp, step = 0 }: LoggedMetric, path = ''): MetricPoint {
  checkKey(key, `${path}name`)
  if (timestamp < 0)
    throw invalid(
      `Invalid value ${timestamp} for parameter '${path}timestamp' supplied: metric '${key}' (value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    )
  checkKeyLength(key, 'Metric name')
  return { key, timestamp, step, value: toStoredValue(value), is_nan: Number.isNaN(value) ? 1 : 0 }
}

/** @throws like `toMetricPoint`, and if only one of a dataset's name and digest is given */
export function toLoggedPoint(metric: LoggedMetric, path = ''): MetricPoint {
  if (!metric.dataset_name !== !metric.dataset_digest)
    throw invalid('Both dataset_name and dataset_digest must be provided if one is provided')
  return toMetricPoint(metric, path)
}

/** Replaces infinities by the largest doubles, as MLflow's database does. */
export const toStoredValue = (value: number) =>
  Number.isNaN(value) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))

/** The metrics of one request in stored form: plain data that can be posted between threads. */
export interface PreparedMetrics {
  /** Latest point of each key; `at` is the key's index in the request. Sorted by key: writers lock rows in the same order. */
  readonly latest: readonly (MetricPoint & { readonly at: number })[]
  readonly history: HistoryPoints
}

export function prepareMetrics(points: readonly MetricPoint[]): PreparedMetrics {
  const series = groupBy(points, ({ key }) => key)
  const latest = Array.from(series.values(), (own, at) => ({ ...own.reduce(later), at }))
  return {
    latest: latest.sort((a, b) => (a.key < b.key ? -1 : 1)),
    history: toHistoryPoints(points, series),
  }
}

const later = (a: MetricPoint, b: MetricPoint) => (isLater(b, a) ? b : a)

/** Compares by step, timestamp and value; a number is later than NaN. */
function isLater(a: MetricPoint, b: MetricPoint): boolean {
  const difference = a.step - b.step || a.timestamp - b.timestamp || b.is_nan - a.is_nan || a.value - b.value
  return difference > 0
}
