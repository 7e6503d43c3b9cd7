import type {
  CancelRun,
  GetJobRun,
  GetRunProgress,
  GetTaskLogs,
  JobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  RunTask,
  TaskProgress,
} from '@cairn/platform/protocol/job-runs'
import type {
  CreateJob,
  GetJob,
  Job,
  JobSettings,
  ListJobs,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/jobs'
import type { Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { Job, JobRun, JobSettings, RunTask, TaskProgress }
export type JobRunProgress = Output<typeof GetRunProgress>
export type TaskLogs = Output<typeof GetTaskLogs>

export const listJobs = async (signal?: AbortSignal) =>
  (await call<typeof ListJobs>('GET /api/2.2/jobs/list', { limit: 100, expand_tasks: true }, signal)).jobs

export const getJob = (job_id: number, signal?: AbortSignal) =>
  call<typeof GetJob>('GET /api/2.2/jobs/get', { job_id }, signal)

export const createJob = (settings: JobSettings) =>
  call<typeof CreateJob>('POST /api/2.2/jobs/create', settings)

/** Replaces all settings. */
export const resetJob = (job_id: number, new_settings: JobSettings) =>
  call<typeof ResetJob>('POST /api/2.2/jobs/reset', { job_id, new_settings })

/** Changes the settings that are passed. */
export const updateJob = (job_id: number, new_settings: JobSettings) =>
  call<typeof UpdateJob>('POST /api/2.2/jobs/update', { job_id, new_settings })

export const listJobRuns = (page_token: string | undefined, signal?: AbortSignal) =>
  call<typeof ListJobRuns>(
    'GET /api/2.2/jobs/runs/list',
    { limit: 50, ...(page_token && { page_token }) },
    signal,
  )

export const getJobRun = (run_id: number, signal?: AbortSignal) =>
  call<typeof GetJobRun>('GET /api/2.2/jobs/runs/get', { run_id }, signal)

export const getProgress = (run_id: number, signal?: AbortSignal) =>
  call<typeof GetRunProgress>('GET /api/cairn/v1/job-runs/{run_id}/progress', { run_id }, signal)

export const getLogs = (run_id: number, task_key: string, offset: number, signal?: AbortSignal) =>
  call<typeof GetTaskLogs>(
    'GET /api/cairn/v1/job-runs/{run_id}/tasks/{task_key}/logs',
    { run_id, task_key, offset, limit: 1000 },
    signal,
  )

export const runNow = (job_id: number, job_parameters?: Record<string, string>) =>
  call<typeof RunNow>('POST /api/2.2/jobs/run-now', { job_id, ...(job_parameters && { job_parameters }) })

export const cancelRun = (run_id: number) =>
  call<typeof CancelRun>('POST /api/2.2/jobs/runs/cancel', { run_id })

/** Runs the failed tasks of a run again, and the tasks that depend on them. */
export const repairRun = (run_id: number) =>
  call<typeof RepairRun>('POST /api/2.2/jobs/runs/repair', {
    run_id,
    rerun_all_failed_tasks: true,
    rerun_dependent_tasks: true,
  })
