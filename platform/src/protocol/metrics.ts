import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from './rights.js'
import { Empty, Int64, Required, RunId } from './wire.js'

/** NaN has no JSON number; infinities are stored as the largest doubles. */
export const MetricValue = Type.Union([Type.Number(), Type.Literal('NaN')])
export type MetricValue = Static<typeof MetricValue>

const point = {
  key: Type.String(),
  value: MetricValue,
  /** Milliseconds since the epoch. */
  timestamp: Int64(),
  step: Int64(),
}

export const Metric = Type.Object(point)
export type Metric = Static<typeof Metric>

export const MetricWithRunId = Type.Object({ ...point, run_id: Type.String() })
export type MetricWithRunId = Static<typeof MetricWithRunId>

/** A metric on its way in: a number, a numeric string, NaN or an infinity as a string. */
export const LoggedMetric = Type.Object({
  key: Required(),
  value: Type.Number(),
  timestamp: Int64(),
  step: Type.Optional(Int64()),
  model_id: Type.Optional(Type.String()),
  dataset_name: Type.Optional(Type.String({ maxLength: 500 })),
  dataset_digest: Type.Optional(Type.String({ maxLength: 36 })),
})
export type LoggedMetric = Static<typeof LoggedMetric>

export const LogMetric = operation({
  id: 'logMetric',
  method: 'POST',
  path: '/api/2.0/mlflow/runs/log-metric',
  summary: 'Log one value of a metric',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ run_id: RunId(), ...LoggedMetric.properties }),
  output: Empty,
})

export const GetMetricHistory = operation({
  id: 'getMetricHistory',
  method: 'GET',
  path: '/api/2.0/mlflow/metrics/get-history',
  summary: 'All values of a metric by timestamp, step and value; all at once without max_results',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_id: RunId(),
    metric_key: Required(),
    page_token: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64()),
  }),
  output: Type.Object({
    metrics: Type.Optional(Type.Array(Metric)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const GetMetricHistoryBulk = operation({
  id: 'getMetricHistoryBulk',
  method: 'GET',
  path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk',
  summary: 'All values of a metric in up to 100 runs',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_id: Type.Optional(Type.Array(Type.String())),
    metric_key: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64()),
  }),
  output: Type.Object({ metrics: Type.Array(MetricWithRunId) }),
})

export const GetMetricHistoryBulkInterval = operation({
  id: 'getMetricHistoryBulkInterval',
  method: 'GET',
  path: '/api/2.0/mlflow/metrics/get-history-bulk-interval',
  summary: 'Evenly sampled values of a metric in up to 100 runs, for charts',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_ids: Type.Array(Type.String(), { minItems: 1 }),
    metric_key: Required(),
    start_step: Type.Optional(Int64()),
    end_step: Type.Optional(Int64()),
    max_results: Type.Optional(Int64()),
  }),
  output: Type.Object({ metrics: Type.Optional(Type.Array(MetricWithRunId)) }),
})

/** Of the points whose steps lie in `[first_step, last_step]`; a range without a point is left out. */
export const MetricBucket = Type.Object({
  first_step: Int64(),
  last_step: Int64(),
  /** Of the numbers: absent where all are NaN. */
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  /** The latest by step, timestamp and value. */
  last: MetricValue,
  last_timestamp: Int64(),
})
export type MetricBucket = Static<typeof MetricBucket>

export const GetMetricBuckets = operation({
  id: 'getMetricBuckets',
  method: 'GET',
  path: '/api/cairn/v1/metrics/buckets',
  summary:
    'A metric in up to 100 runs by equal ranges of steps, with the least, greatest and last value of each',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
    metric_key: Required(),
    start_step: Type.Optional(Int64()),
    end_step: Type.Optional(Int64()),
    buckets: Type.Optional(Int64({ minimum: 1, maximum: 2500, default: 500 })),
  }),
  output: Type.Object({
    /** Steps of a range. */
    width: Int64(),
    runs: Type.Array(Type.Object({ run_id: Type.String(), buckets: Type.Array(MetricBucket) })),
  }),
})
