import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { Double, Enum, Int64, Required } from '../wire.js'

export const MetricViewType = Enum({ TRACES: 1, SPANS: 2, ASSESSMENTS: 3 })
export type MetricViewType = Static<typeof MetricViewType>

export const AggregationType = Enum({ COUNT: 1, SUM: 2, AVG: 3, PERCENTILE: 4, MIN: 5, MAX: 6 })
export type AggregationType = Static<typeof AggregationType>

export const MetricAggregation = Type.Object({
  aggregation_type: AggregationType,
  /** The percentile, from 0 to 100. */
  percentile_value: Type.Optional(Double()),
})
export type MetricAggregation = Static<typeof MetricAggregation>

export const MetricDataPoint = Type.Object({
  metric_name: Type.String(),
  dimensions: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The values by aggregation, such as `COUNT`, `AVG` or `P95.0`. */
  values: Type.Record(Type.String(), Double()),
})
export type MetricDataPoint = Static<typeof MetricDataPoint>

export const QueryTraceMetrics = operation({
  id: 'queryTraceMetrics',
  method: 'POST',
  path: '/api/3.0/mlflow/traces/metrics',
  summary: 'Aggregate counts, times, tokens, costs and assessments of traces by dimension and over time',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Array(Type.String()),
    view_type: MetricViewType,
    metric_name: Required(),
    aggregations: Type.Array(MetricAggregation, { minItems: 1, maxItems: 50 }),
    dimensions: Type.Optional(Type.Array(Type.String(), { maxItems: 50 })),
    filters: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
    time_interval_seconds: Type.Optional(Int64()),
    start_time_ms: Type.Optional(Int64()),
    end_time_ms: Type.Optional(Int64()),
    max_results: Type.Optional(Int64({ default: 1000 })),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({ data_points: Type.Optional(Type.Array(MetricDataPoint)) }),
})
