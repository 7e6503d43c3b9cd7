import type {
  GetRunProgress,
  GetTaskLogs,
  JobRun,
  ListJobRuns,
  RunTask,
  TaskProgress,
} from '@cairn/platform/protocol/job-runs'
import type { Job } from '@cairn/platform/protocol/jobs'
import type { Output } from '@cairn/platform/protocol/operation'
import { getJson, sendJson } from './http.js'

export type { Job, JobRun, RunTask, TaskProgress }
export type JobRunPage = Output<typeof ListJobRuns>
export type JobRunProgress = Output<typeof GetRunProgress>
export type TaskLogs = Output<typeof GetTaskLogs>

const JOBS = 'api/2.2/jobs'

export const listJobs = async (signal?: AbortSignal) =>
  (await getJson<{ jobs?: Job[] }>(`${JOBS}/list`, { limit: 100, expand_tasks: true }, signal)).jobs ?? []

export const listJobRuns = (page_token: string | undefined, signal?: AbortSignal) =>
  getJson<JobRunPage>(`${JOBS}/runs/list`, { limit: 50, page_token }, signal)

export const getJobRun = (run_id: string, signal?: AbortSignal) =>
  getJson<JobRun>(`${JOBS}/runs/get`, { run_id }, signal)

export const getProgress = (run_id: string, signal?: AbortSignal) =>
  getJson<JobRunProgress>(`api/cairn/v1/job-runs/${encodeURIComponent(run_id)}/progress`, {}, signal)

export const getLogs = (run_id: string, task_key: string, offset: number, signal?: AbortSignal) =>
  getJson<TaskLogs>(
    `api/cairn/v1/job-runs/${encodeURIComponent(run_id)}/tasks/${encodeURIComponent(task_key)}/logs`,
    { offset, limit: 1000 },
    signal,
  )

export const runNow = (job_id: number) => sendJson<{ run_id: number }>('POST', `${JOBS}/run-now`, { job_id })

export const cancelRun = (run_id: number) => sendJson('POST', `${JOBS}/runs/cancel`, { run_id })

export const repairRun = (run_id: number) =>
  sendJson('POST', `${JOBS}/runs/repair`, {
    run_id,
    rerun_all_failed_tasks: true,
    rerun_dependent_tasks: true,
  })
