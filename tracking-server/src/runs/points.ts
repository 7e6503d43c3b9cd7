import { groupBy } from '@cairn/platform/collections/group-by'
import { invalid } from '@cairn/platform/errors'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import { pythonFloat } from '@cairn/platform/mlflow/python'
import type { LoggedMetric } from '@cairn/platform/protocol/metrics'
import { type LoggedPoints, toLogged } from '../metrics/batch.js'
import type { MetricRow } from '../schema.js'

export type MetricPoint = Omit<MetricRow, 'run_id'>

/** @param path of the metric in the request, e.g. `metrics[0].`. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function toPoint({ key, value, timestamp, step = 0 }: LoggedMetric, path = ''): MetricPoint {
  checkKey(key, `${path}name`)
  if (timestamp < 0)
    throw invalid(
      `Invalid value ${timestamp} for parameter '${path}timestamp' supplied: metric '${key}' (value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
    )
  checkKeyLength(key, 'Metric name')
  return { key, timestamp, step, value: storable(value), is_nan: Number.isNaN(value) ? 1 : 0 }
}

/** @throws as `toPoint`, and where half of a data set is named */
export function toLoggedPoint(metric: LoggedMetric, path = ''): MetricPoint {
  if (!metric.dataset_name !== !metric.dataset_digest)
    throw invalid('Both dataset_name and dataset_digest must be provided if one is provided')
  return toPoint(metric, path)
}

/** Infinities become the largest doubles, as in MLflow's database. */
export const storable = (value: number) =>
  Number.isNaN(value) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))

/** Metrics of one request as they are stored. Plain data, which a thread can send. */
export interface ReadyMetrics {
  /** Of each key its latest point, and when it first came, counted in keys. Sorted: writers lock rows in one order. */
  readonly latest: readonly (MetricPoint & { readonly at: number })[]
  readonly history: LoggedPoints
}

export function readyMetrics(points: readonly MetricPoint[]): ReadyMetrics {
  const series = groupBy(points, ({ key }) => key)
  const latest = Array.from(series.values(), (own, at) => ({ ...own.reduce(later), at }))
  return {
    latest: latest.sort((a, b) => (a.key < b.key ? -1 : 1)),
    history: toLogged(points, series),
  }
}

const later = (a: MetricPoint, b: MetricPoint) => (isLater(b, a) ? b : a)

/** By step, timestamp and value; a number beats NaN. */
function isLater(a: MetricPoint, b: MetricPoint): boolean {
  const difference = a.step - b.step || a.timestamp - b.timestamp || b.is_nan - a.is_nan || a.value - b.value
  return difference > 0
}
