import Type, { type Static } from 'typebox'
import { MetricValue } from '../mlflow/metrics.js'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { Int64, Required } from '../wire.js'

/** Aggregates of the points with steps in `[first_step, last_step]`. Ranges without points are omitted. */
export const MetricBucket = Type.Object({
  first_step: Int64(),
  last_step: Int64(),
  /** The least value; absent if all values are NaN. */
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  /** The last value in the order of step, timestamp and value. */
  last: MetricValue,
  last_timestamp: Int64(),
})
export type MetricBucket = Static<typeof MetricBucket>

const bucketOptions = {
  metric_key: Required(),
  start_step: Type.Optional(Int64()),
  end_step: Type.Optional(Int64()),
  buckets: Type.Optional(Int64({ minimum: 1, maximum: 2500, default: 500 })),
}

export const MetricBuckets = Type.Object({
  /** The number of steps of a range, usually a power of two, at whose multiples ranges begin. */
  width: Int64(),
  runs: Type.Array(
    Type.Object({
      run_id: Type.String(),
      /** The time of the first point, which may be outside of the range of steps. */
      first_timestamp: Type.Optional(Int64()),
      buckets: Type.Array(MetricBucket),
    }),
  ),
})
export type MetricBuckets = Static<typeof MetricBuckets>

export const GetMetricBuckets = operation({
  id: 'getMetricBuckets',
  method: 'GET',
  path: '/api/cairn/v1/metrics/buckets',
  summary: 'Get the minimum, maximum and last value of a metric in equal ranges of steps, in up to 100 runs',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
    ...bucketOptions,
  }),
  output: MetricBuckets,
})

export const QueryMetricBuckets = operation({
  id: 'queryMetricBuckets',
  method: 'POST',
  path: '/api/cairn/v1/metrics/buckets',
  summary: 'Get the minimum, maximum and last value of a metric in equal ranges of steps, in up to 1000 runs',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }),
    ...bucketOptions,
  }),
  output: MetricBuckets,
})

/** Buckets. Bucket `i` has the steps between `start` and `end` from `origin + i * width` up to the next bucket. */
export const PackedMetricBuckets = Type.Object({
  start: Int64(),
  end: Int64(),
  origin: Int64(),
  width: Int64(),
  runs: Type.Array(
    Type.Object({
      run_id: Type.String(),
      first_timestamp: Type.Optional(Int64()),
      /**
       * Base64 of the number of buckets with points, and of their columns: time and step of the last point, its value, and the
       * least and greatest value, infinite if all are NaN. The number is a varint of 7 bits a byte, lowest first. Values are
       * little-endian doubles, and so are integers after a byte 1. After a byte 0, integers are zigzag varints of differences.
       */
      buckets: Type.String(),
    }),
  ),
})
export type PackedMetricBuckets = Static<typeof PackedMetricBuckets>

export const QueryPackedMetricBuckets = operation({
  id: 'queryPackedMetricBuckets',
  method: 'POST',
  path: '/api/cairn/v1/metrics/packed-buckets',
  summary:
    'Get the minimum, maximum and last value of a metric in equal ranges of steps as packed columns, in up to 1000 runs',
  right: READ_EXPERIMENTS,
  input: QueryMetricBuckets.input,
  output: PackedMetricBuckets,
})
