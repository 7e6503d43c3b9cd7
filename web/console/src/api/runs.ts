import type { MetricBuckets, QueryPackedMetricBuckets } from '@cairn/platform/protocol/cairn/metric-buckets'
import type {
  BatchGetRuns,
  ComparedKey,
  ComparedMetric,
  CompareRuns,
  CountRuns,
  GroupRuns,
  ListRunKeys,
  ListRunValues,
} from '@cairn/platform/protocol/cairn/run-tables'
import type { Projection } from '@cairn/platform/protocol/mlflow/run-projection'
import type {
  DatasetInput,
  DeleteRun,
  GetRun,
  RestoreRun,
  Run,
  RunInfo,
  RunStatus,
  SearchRuns,
} from '@cairn/platform/protocol/mlflow/runs'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'
import { type BucketedMetric, unpackBuckets } from './packed-buckets.js'

export type {
  BucketedMetric,
  ComparedKey,
  ComparedMetric,
  DatasetInput,
  MetricBuckets,
  Projection,
  Run,
  RunInfo,
  RunStatus,
}
export type BucketedRun = MetricBuckets['runs'][number]
export type RunKeys = Output<typeof ListRunKeys>
export type RunGroups = Output<typeof GroupRuns>
export type RunPage = Output<typeof SearchRuns>

export const searchRuns = (search: Input<typeof SearchRuns>, signal?: AbortSignal) =>
  call<typeof SearchRuns>('POST /api/2.0/mlflow/runs/search', search, signal)

export const getRun = async (run_id: string, signal?: AbortSignal) =>
  (await call<typeof GetRun>('GET /api/2.0/mlflow/runs/get', { run_id }, signal)).run

/** Runs by id with some of their keys, in the order of the ids; those that are missing are left out. */
export const batchGetRuns = async (run_ids: string[], keys: Projection, signal?: AbortSignal) =>
  (await call<typeof BatchGetRuns>('POST /api/cairn/v1/runs/batch-get', { run_ids, ...keys }, signal)).runs

export const countRuns = async (search: Input<typeof CountRuns>, signal?: AbortSignal) =>
  (await call<typeof CountRuns>('POST /api/cairn/v1/runs/count', search, signal)).count

/** Keys of all runs of an experiment. */
export const listRunKeys = (experiment_id: string, signal?: AbortSignal) =>
  call<typeof ListRunKeys>('GET /api/cairn/v1/runs/keys', { experiment_id }, signal)

export const groupRuns = (search: Input<typeof GroupRuns>, signal?: AbortSignal) =>
  call<typeof GroupRuns>('POST /api/cairn/v1/runs/group', search, signal)

export const listRunValues = async (input: Input<typeof ListRunValues>, signal?: AbortSignal) =>
  (await call<typeof ListRunValues>('GET /api/cairn/v1/runs/values', input, signal)).values

export const compareRuns = (run_ids: string[], signal?: AbortSignal) =>
  call<typeof CompareRuns>('POST /api/cairn/v1/runs/compare', { run_ids }, signal)

export const deleteRun = (run_id: string) =>
  call<typeof DeleteRun>('POST /api/2.0/mlflow/runs/delete', { run_id })
export const restoreRun = (run_id: string) =>
  call<typeof RestoreRun>('POST /api/2.0/mlflow/runs/restore', { run_id })

export type StepRange = readonly [first: number, last: number]

/** One metric of up to 1,000 runs in buckets of steps. @param range default: all steps */
export const getBuckets = async (
  metric_key: string,
  run_ids: string[],
  buckets: number,
  range?: StepRange,
  signal?: AbortSignal,
) =>
  unpackBuckets(
    await call<typeof QueryPackedMetricBuckets>(
      'POST /api/cairn/v1/metrics/packed-buckets',
      { metric_key, run_ids, buckets, ...(range && { start_step: range[0], end_step: range[1] }) },
      signal,
    ),
  )
