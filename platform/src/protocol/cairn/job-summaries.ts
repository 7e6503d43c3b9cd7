import Type, { type Static } from 'typebox'
import { TaskOrigin } from '../databricks/job-runs.js'
import { Continuous, CronSchedule, TriggerSettings } from '../databricks/job-triggers.js'
import { JobLevel } from '../databricks/jobs.js'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { READ_JOBS } from '../rights.js'
import { Int64, Required } from '../wire.js'

const state = {
  state: Type.String(),
  result: Type.Optional(Type.String()),
  /** Milliseconds since the epoch. */
  started_at: Type.Optional(Int64()),
  ended_at: Type.Optional(Int64()),
}

export const RunMark = Type.Object({
  run_id: Int64(),
  number_in_job: Int64(),
  /** When it was requested. */
  start_time: Int64(),
  ...state,
})
export type RunMark = Static<typeof RunMark>

export const JobSummary = Type.Object({
  job_id: Int64(),
  name: Type.String(),
  creator_user_name: Type.String(),
  created_time: Int64(),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  schedule: Type.Optional(CronSchedule),
  trigger: Type.Optional(TriggerSettings),
  continuous: Type.Optional(Continuous),
  next_run_time: Type.Optional(Int64()),
  permission_level: JobLevel,
  /** The last ten runs, the newest first. */
  runs: Type.Array(RunMark),
})
export type JobSummary = Static<typeof JobSummary>

const paging = (most: number) => ({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: most })),
  page_token: Type.Optional(Type.String()),
})

export const ListJobSummaries = operation({
  id: 'listJobSummaries',
  method: 'GET',
  path: '/api/cairn/v1/jobs',
  summary: 'List jobs, newest first, with their triggers and last runs; `search` is a part of the name',
  right: { ...READ_JOBS, filtered: true },
  input: Type.Object({ search: Type.Optional(Type.String({ maxLength: 1000 })), ...paging(100) }),
  output: Type.Object({ jobs: Type.Array(JobSummary), next_page_token: Type.Optional(Type.String()) }),
})

export const GridTask = Type.Object({
  task_key: Type.String(),
  attempt: Int64(),
  /** The decision of a condition task. */
  outcome: Type.Optional(Type.String()),
  origin: Type.Optional(TaskOrigin),
  ...state,
})
export type GridTask = Static<typeof GridTask>

export const GetJobGrid = operation({
  id: 'getJobGrid',
  method: 'GET',
  path: '/api/cairn/v1/jobs/{job_id}/grid',
  summary:
    'Get the state of each task in the last runs of a job, newest first; many tasks make a page shorter',
  right: READ_JOBS,
  input: Type.Object({ job_id: Id(), ...paging(100) }),
  output: Type.Object({
    runs: Type.Array(
      Type.Object({ ...RunMark.properties, trigger: Type.String(), tasks: Type.Array(GridTask) }),
    ),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const PreviewSchedule = operation({
  id: 'previewSchedule',
  method: 'GET',
  path: '/api/cairn/v1/schedule-times',
  summary: 'Get the next times of a Quartz expression in a time zone',
  right: 'authenticated',
  input: Type.Object({
    quartz_cron_expression: Required({ maxLength: 1000 }),
    timezone_id: Required({ maxLength: 100 }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
  }),
  output: Type.Object({ times: Type.Array(Int64()) }),
})
