import type { MetricWithRunId } from '@cairn/platform/protocol/metrics'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { DatasetInput, Run, RunInfo, RunStatus, SearchRuns } from '@cairn/platform/protocol/runs'
import { getJson, sendJson } from './http.js'

export type { DatasetInput, MetricWithRunId, Run, RunInfo, RunStatus }
export type RunPage = Output<typeof SearchRuns>

const BASE = 'ajax-api/2.0/mlflow'

export const searchRuns = (search: Input<typeof SearchRuns>, signal?: AbortSignal) =>
  sendJson<RunPage>('POST', `${BASE}/runs/search`, search, signal)

export const getRun = async (run_id: string, signal?: AbortSignal) =>
  (await getJson<{ run: Run }>(`${BASE}/runs/get`, { run_id }, signal)).run

export const deleteRun = (run_id: string) => sendJson('POST', `${BASE}/runs/delete`, { run_id })
export const restoreRun = (run_id: string) => sendJson('POST', `${BASE}/runs/restore`, { run_id })

/** One metric of up to 100 runs, thinned by the server to `maxPoints` steps. */
export const getHistories = async (
  metric_key: string,
  run_ids: readonly string[],
  maxPoints: number,
  signal?: AbortSignal,
) => {
  const query = { run_ids, metric_key, max_results: maxPoints }
  const path = `${BASE}/metrics/get-history-bulk-interval`
  return (await getJson<{ metrics?: MetricWithRunId[] }>(path, query, signal)).metrics ?? []
}
