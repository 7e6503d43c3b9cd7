import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { together } from '@cairn/platform/db/together'
import { invalid } from '@cairn/platform/errors'
import type { LoggedMetric } from '@cairn/platform/protocol/metrics'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import { historyWrite } from '../metrics/write.js'
import { checkKey, checkKeyLength, float } from '../names.js'
import type { MetricRow, TrackingSchema } from '../schema.js'
import type { RunKey } from './active.js'

export type MetricPoint = Omit<MetricRow, 'run_id'>

const LATEST: Columns = {
  key: 'text',
  timestamp: 'bigint',
  step: 'bigint',
  value: 'double precision',
  is_nan: 'integer',
  position: 'bigint',
}

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

/** A write of metrics that waits for its turn. It holds what is stored and no longer the points, which are many. */
export type MetricsWrite = (tx: Transaction<TrackingSchema>, run: RunKey) => Promise<void>

/** Appends to the history, where the same point again is the same row, and moves the latest values forward. */
export function metricsWrite(dialect: Dialect, points: readonly MetricPoint[], clock: Clock): MetricsWrite {
  const latest = dialect.rows(latestOf(points, clock), LATEST)
  const history = historyWrite(dialect, points, clock)
  return async (tx, { run_id, experiment_id }) => {
    const moved = sql`insert into latest_metrics
        (run_id, key, experiment_id, value, timestamp, step, is_nan, position)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, timestamp, step, is_nan, position
      from ${latest} as point where true
      on conflict (run_id, key) do update set
        value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
      where (excluded.step, excluded.timestamp, -excluded.is_nan, excluded.value)
        > (latest_metrics.step, latest_metrics.timestamp, -latest_metrics.is_nan, latest_metrics.value)`
    await together(history(tx, run_id), moved.execute(tx))
  }
}

/** One point per key, with its place in the order of logging; sorted, so that writers lock rows in one order. */
function latestOf(points: readonly MetricPoint[], clock: Clock) {
  const latest = new Map<string, { point: MetricPoint; readonly position: number }>()
  const first = clock.positions(points.length)
  for (const [i, point] of points.entries()) {
    const known = latest.get(point.key)
    if (!known) latest.set(point.key, { point, position: first + i })
    else if (isLater(point, known.point)) known.point = point
  }
  return [...latest.values()]
    .map(({ point, position }) => ({ ...point, position }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** By step, timestamp and value; a number beats NaN. */
function isLater(a: MetricPoint, b: MetricPoint): boolean {
  const difference = a.step - b.step || a.timestamp - b.timestamp || b.is_nan - a.is_nan || a.value - b.value
  return difference > 0
}
