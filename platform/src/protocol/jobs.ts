import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { CREATE_JOB, EDIT_JOBS, MANAGE_JOB, READ_JOBS } from './rights.js'
import { AnyJson, Empty, Int64, OneOf, Required } from './wire.js'

/** Any integer that a database accepts. */
export const Id = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const RUN_IF = [
  'ALL_SUCCESS',
  'ALL_DONE',
  'NONE_FAILED',
  'AT_LEAST_ONE_SUCCESS',
  'ALL_FAILED',
  'AT_LEAST_ONE_FAILED',
] as const
export type RunIf = (typeof RUN_IF)[number]

/** The principal whose rights a job or task has; default: its creator. Another principal requires MANAGE IDENTITIES. */
export const RunAs = Type.Object({
  user_name: Type.Optional(Required()),
  service_principal_name: Type.Optional(Required()),
})
export type RunAs = Static<typeof RunAs>

/**
 * A task implementation registered under `entry`, an addition to Databricks' kinds. String parameters may contain
 * `{{job.parameters.x}}`, `{{tasks.key.values.name}}`, `{{run.id}}`, `{{job.id}}`, `{{task.name}}`, `{{task.run_id}}`.
 */
export const NodeTask = Type.Object({
  entry: Required({ maxLength: 200 }),
  parameters: Type.Optional(Type.Record(Type.String(), AnyJson())),
})

export const TaskSettings = Type.Object({
  task_key: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,100}$',
    message: "letters, digits, '_' and '-', at most 100",
  }),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  depends_on: Type.Optional(
    Type.Array(Type.Object({ task_key: Required(), outcome: Type.Optional(Type.String()) })),
  ),
  run_if: Type.Optional(OneOf(RUN_IF)),
  /** Retries after a failure of the task itself; -1 for no limit. Lost workers are counted separately. */
  max_retries: Type.Optional(Type.Integer({ minimum: -1, maximum: 1000 })),
  min_retry_interval_millis: Type.Optional(Type.Integer({ minimum: 0 })),
  retry_on_timeout: Type.Optional(Type.Boolean()),
  /** 0 for no limit. */
  timeout_seconds: Type.Optional(Type.Integer({ minimum: 0 })),
  disabled: Type.Optional(Type.Boolean()),
  node_task: Type.Optional(NodeTask),
  /** An addition to Databricks' API: a task may act as another principal than its job. */
  run_as: Type.Optional(RunAs),
})
export type TaskSettings = Static<typeof TaskSettings>

export const JobParameterDefinition = Type.Object({
  name: Type.String({ pattern: '^[\\w.-]{1,255}$', message: "letters, digits, '_', '-' and '.'" }),
  default: Type.String(),
})

const Queueing = Type.Object({ enabled: Type.Boolean() })

const settings = {
  name: Type.Optional(Type.String({ maxLength: 4096 })),
  description: Type.Optional(Type.String({ maxLength: 27_700 })),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  parameters: Type.Optional(Type.Array(JobParameterDefinition)),
  tasks: Type.Optional(Type.Array(TaskSettings, { maxItems: 1000 })),
  timeout_seconds: Type.Optional(Type.Integer({ minimum: 0 })),
  max_concurrent_runs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  queue: Type.Optional(Queueing),
  run_as: Type.Optional(RunAs),
  format: Type.Optional(Type.String()),
  edit_mode: Type.Optional(Type.String()),
  schedule: Type.Optional(Type.Object({ pause_status: Type.Optional(Type.String()) })),
  trigger: Type.Optional(Type.Object({ pause_status: Type.Optional(Type.String()) })),
  continuous: Type.Optional(Type.Object({ pause_status: Type.Optional(Type.String()) })),
}

export const JobSettings = Type.Object(settings)
export type JobSettings = Static<typeof JobSettings>

export const Job = Type.Object({
  job_id: Int64(),
  creator_user_name: Type.String(),
  run_as_user_name: Type.Optional(Type.String()),
  /** Milliseconds since the epoch. */
  created_time: Int64(),
  settings: JobSettings,
})
export type Job = Static<typeof Job>

const JobId = Type.Object({ job_id: Id() })

export const CreateJob = operation({
  id: 'createJob',
  method: 'POST',
  path: '/api/2.2/jobs/create',
  summary: 'Create a job: tasks and their dependencies',
  right: CREATE_JOB,
  scope: 'none',
  input: JobSettings,
  output: JobId,
})

export const GetJob = operation({
  id: 'getJob',
  method: 'GET',
  path: '/api/2.2/jobs/get',
  summary: 'Get a job',
  right: READ_JOBS,
  input: JobId,
  output: Job,
})

export const ListJobs = operation({
  id: 'listJobs',
  method: 'GET',
  path: '/api/2.2/jobs/list',
  summary: 'List jobs, newest first',
  right: { ...READ_JOBS, filtered: true },
  input: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    page_token: Type.Optional(Type.String()),
    /** Exact, case-insensitive. */
    name: Type.Optional(Type.String()),
    expand_tasks: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({
    jobs: Type.Array(Job),
    has_more: Type.Boolean(),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const UpdateJob = operation({
  id: 'updateJob',
  method: 'POST',
  path: '/api/2.2/jobs/update',
  summary: 'Update some settings of a job; started runs keep their settings',
  right: EDIT_JOBS,
  scope: 'none',
  input: Type.Object({
    job_id: Id(),
    new_settings: Type.Optional(JobSettings),
    /** Names of top-level settings, or `tasks/key`. */
    fields_to_remove: Type.Optional(Type.Array(Type.String())),
  }),
  output: Empty,
})

export const ResetJob = operation({
  id: 'resetJob',
  method: 'POST',
  path: '/api/2.2/jobs/reset',
  summary: 'Replace all settings of a job',
  right: EDIT_JOBS,
  scope: 'none',
  input: Type.Object({ job_id: Id(), new_settings: JobSettings }),
  output: Empty,
})

export const DeleteJob = operation({
  id: 'deleteJob',
  method: 'POST',
  path: '/api/2.2/jobs/delete',
  summary: 'Delete a job; its runs stay readable',
  right: MANAGE_JOB,
  input: JobId,
  output: Empty,
})
