import type {
  GetJobGrid,
  GridTask,
  JobSummary,
  ListJobSummaries,
  PreviewSchedule,
  RunMark,
} from '@cairn/platform/protocol/cairn/job-summaries'
import type { GetRunProgress, TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import type { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import type { ListNotificationDestinations } from '@cairn/platform/protocol/databricks/job-notifications'
import type { DeleteRun, ExportRun } from '@cairn/platform/protocol/databricks/job-run-actions'
import type {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  JobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  RunTask,
} from '@cairn/platform/protocol/databricks/job-runs'
import type {
  CreateJob,
  DeleteJob,
  GetJob,
  Job,
  JobSettings,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/databricks/jobs'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'
import { hasPrivilege, METASTORE } from './rights.js'

export type { GridTask, Job, JobRun, JobSettings, JobSummary, RunMark, RunTask, TaskProgress }
export type TaskSettings = NonNullable<JobSettings['tasks']>[number]
export type JobRunProgress = Output<typeof GetRunProgress>
export type GridRun = Output<typeof GetJobGrid>['runs'][number]
export type TaskLogs = Output<typeof GetTaskLogs>
export type TaskLogLine = TaskLogs['lines'][number]
export type TaskOutput = Output<typeof GetRunOutput>
export type RunRequest = Omit<Input<typeof RunNow>, 'job_id'>
export type RepairRequest = Omit<Input<typeof RepairRun>, 'run_id'>

const paged = (page_token: string | undefined) => (page_token ? { page_token } : {})

/** @param search a part of the name */
export const listJobs = (search: string, page_token: string | undefined, signal?: AbortSignal) =>
  call<typeof ListJobSummaries>(
    'GET /api/cairn/v1/jobs',
    { limit: 50, ...(search && { search }), ...paged(page_token) },
    signal,
  )

export const getJob = (job_id: number, signal?: AbortSignal) =>
  call<typeof GetJob>('GET /api/2.2/jobs/get', { job_id }, signal)

export const getJobGrid = (job_id: number, page_token: string | undefined, signal?: AbortSignal) =>
  call<typeof GetJobGrid>(
    'GET /api/cairn/v1/jobs/{job_id}/grid',
    { job_id, limit: 30, ...paged(page_token) },
    signal,
  )

/** Milliseconds since the epoch of the next five times. */
export const previewSchedule = async (
  schedule: Omit<Input<typeof PreviewSchedule>, 'count'>,
  signal?: AbortSignal,
) => (await call<typeof PreviewSchedule>('GET /api/cairn/v1/schedule-times', schedule, signal)).times

/** The names of notification destinations by id. */
export const destinationNames = async (signal?: AbortSignal): Promise<Readonly<Record<string, string>>> => {
  const { results } = await call<typeof ListNotificationDestinations>(
    'GET /api/2.0/notification-destinations',
    { page_size: 1000 },
    signal,
  )
  return Object.fromEntries(results.map(({ id, display_name }) => [id, display_name]))
}

export const createJob = (settings: JobSettings) =>
  call<typeof CreateJob>('POST /api/2.2/jobs/create', settings)

/** Replaces all settings. */
export const resetJob = (job_id: number, new_settings: JobSettings) =>
  call<typeof ResetJob>('POST /api/2.2/jobs/reset', { job_id, new_settings })

/** Changes the settings that are passed. */
export const updateJob = (job_id: number, new_settings: JobSettings) =>
  call<typeof UpdateJob>('POST /api/2.2/jobs/update', { job_id, new_settings })

export const deleteJob = (job_id: number) => call<typeof DeleteJob>('POST /api/2.2/jobs/delete', { job_id })

export const listJobRuns = (page_token: string | undefined, signal?: AbortSignal) =>
  call<typeof ListJobRuns>('GET /api/2.2/jobs/runs/list', { limit: 50, ...paged(page_token) }, signal)

/** @param run_id of a run, or of the run of a task */
export const getJobRun = (run_id: number, page_token?: string, signal?: AbortSignal) =>
  call<typeof GetJobRun>('GET /api/2.2/jobs/runs/get', { run_id, ...paged(page_token) }, signal)

export const getProgress = (run_id: number, signal?: AbortSignal) =>
  call<typeof GetRunProgress>('GET /api/cairn/v1/job-runs/{run_id}/progress', { run_id }, signal)

/** @param run_id of the run of a task */
export const getTaskOutput = (run_id: number, signal?: AbortSignal) =>
  call<typeof GetRunOutput>('GET /api/2.2/jobs/runs/get-output', { run_id }, signal)

/** The executed notebook of a task, as JSON. @param run_id of the run of the task */
export async function exportNotebook(run_id: number): Promise<string | undefined> {
  const { views } = await call<typeof ExportRun>('GET /api/2.2/jobs/runs/export', { run_id })
  return views.find(({ name }) => name.endsWith('.ipynb'))?.content
}

export const LOG_PAGE = 5_000

export const getLogs = (
  task: Pick<Input<typeof GetTaskLogs>, 'run_id' | 'task_key' | 'iteration'>,
  offset: number,
  signal?: AbortSignal,
) =>
  call<typeof GetTaskLogs>(
    'GET /api/cairn/v1/job-runs/{run_id}/tasks/{task_key}/logs',
    { ...task, offset, limit: LOG_PAGE },
    signal,
  )

export const runNow = (job_id: number, request: RunRequest = {}) =>
  call<typeof RunNow>('POST /api/2.2/jobs/run-now', { job_id, ...request })

export const cancelRun = (run_id: number) =>
  call<typeof CancelRun>('POST /api/2.2/jobs/runs/cancel', { run_id })

/** Runs tasks of an ended run again. */
export const repairRun = (run_id: number, request: RepairRequest) =>
  call<typeof RepairRun>('POST /api/2.2/jobs/runs/repair', { run_id, ...request })

export const deleteRun = (run_id: number) =>
  call<typeof DeleteRun>('POST /api/2.2/jobs/runs/delete', { run_id })

/** Returns whether the caller may create jobs. Decided by the server, which knows groups. */
export const mayCreateJob = (signal?: AbortSignal) => hasPrivilege(METASTORE, 'CREATE JOB', signal)
