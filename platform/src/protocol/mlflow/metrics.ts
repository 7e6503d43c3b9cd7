import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required, RunId } from '../wire.js'

/** A number, or NaN, which JSON lacks. Infinities are stored as the largest doubles. */
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

/** A metric in a request: a number, a numeric string, or NaN or an infinity as a string. */
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
  summary: 'Get all values of a metric ordered by timestamp, step and value; in pages with max_results',
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
  summary: 'Get all values of a metric in up to 100 runs',
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
  summary: 'Get evenly sampled values of a metric in up to 100 runs, for charts',
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
