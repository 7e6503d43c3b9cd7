import { invalid } from '@cairn/platform/errors'
import type { LoggedMetric } from '@cairn/platform/protocol/metrics'
import { type LoggedPoints, toLogged } from '../metrics/batch.js'
import { checkKey, checkKeyLength, float } from '../names.js'
import type { MetricRow } from '../schema.js'

export type MetricPoint = Omit<MetricRow, 'run_id'>

/** @param path of the metric in the request, e.g. `metrics[0].`. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function toPoint({ key, value, timestamp, step = 0 }: LoggedMetric, path = ''): MetricPoint {
  checkKey(key, `${path}name`)
  if (timestamp < 0)
    throw invalid(
      `Invalid value ${timestamp} for parameter '${path}timestamp' supplied: metric '${key}' (value=${float(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
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
  /** Of each key its latest point, sorted by key, and when the key first came, counted in keys. */
  readonly latest: readonly (MetricPoint & { readonly at: number })[]
  readonly history: LoggedPoints
}

export const readyMetrics = (points: readonly MetricPoint[]): ReadyMetrics => ({
  latest: latestOf(points),
  history: toLogged(points),
})

/** Sorted, so that writers lock rows in one order. */
function latestOf(points: readonly MetricPoint[]): ReadyMetrics['latest'] {
  const latest = new Map<string, MetricPoint>()
  for (const point of points) {
    const known = latest.get(point.key)
    if (!known || isLater(point, known)) latest.set(point.key, point)
  }
  return Array.from(latest.values(), (point, at) => ({ ...point, at })).sort((a, b) =>
    a.key < b.key ? -1 : 1,
  )
}

/** By step, timestamp and value; a number beats NaN. */
function isLater(a: MetricPoint, b: MetricPoint): boolean {
  const difference = a.step - b.step || a.timestamp - b.timestamp || b.is_nan - a.is_nan || a.value - b.value
  return difference > 0
}
