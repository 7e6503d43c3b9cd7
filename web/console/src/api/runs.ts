import type { GetMetricHistoryBulkInterval, MetricWithRunId } from '@cairn/platform/protocol/metrics'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type {
  DatasetInput,
  DeleteRun,
  GetRun,
  RestoreRun,
  Run,
  RunInfo,
  RunStatus,
  SearchRuns,
} from '@cairn/platform/protocol/runs'
import { call } from './call.js'

export type { DatasetInput, MetricWithRunId, Run, RunInfo, RunStatus }
export type RunPage = Output<typeof SearchRuns>

export const searchRuns = (search: Input<typeof SearchRuns>, signal?: AbortSignal) =>
  call<typeof SearchRuns>('POST /api/2.0/mlflow/runs/search', search, signal)

export const getRun = async (run_id: string, signal?: AbortSignal) =>
  (await call<typeof GetRun>('GET /api/2.0/mlflow/runs/get', { run_id }, signal)).run

export const deleteRun = (run_id: string) =>
  call<typeof DeleteRun>('POST /api/2.0/mlflow/runs/delete', { run_id })
export const restoreRun = (run_id: string) =>
  call<typeof RestoreRun>('POST /api/2.0/mlflow/runs/restore', { run_id })

/** One metric of up to 100 runs, sampled by the server to `maxPoints` steps. */
export const getHistories = async (
  metric_key: string,
  run_ids: string[],
  maxPoints: number,
  signal?: AbortSignal,
) => {
  const { metrics = [] } = await call<typeof GetMetricHistoryBulkInterval>(
    'GET /api/2.0/mlflow/metrics/get-history-bulk-interval',
    { run_ids, metric_key, max_results: maxPoints },
    signal,
  )
  return metrics
}
