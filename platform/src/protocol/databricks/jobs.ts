import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { CREATE_JOB, EDIT_JOBS, MANAGE_JOB, READ_JOBS } from '../rights.js'
import { AnyJson, Empty, Int64, OneOf, Required } from '../wire.js'
import { JobsHealth, NotificationSettings, WebhookNotifications } from './job-notifications.js'
import { Continuous, CronSchedule, TriggerSettings } from './job-triggers.js'
import { AccessControlRequest } from './object-permissions.js'
import { Closed } from './task-kinds.js'
import { RunAs, TaskSettings, UnenforcedSetting } from './task-settings.js'

/** The level of the caller on a job, as in Databricks' permissions. */
export const JobLevel = OneOf(['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE'])
export type JobLevel = Static<typeof JobLevel>

export const JobParameterDefinition = Closed({
  name: Type.String({ pattern: '^[\\w.-]{1,255}$', message: "letters, digits, '_', '-' and '.'" }),
  default: Type.String(),
})

const Queueing = Closed({ enabled: Type.Boolean() })

/** Python packages for tasks that name the environment in `environment_key`. */
export const JobEnvironment = Closed({
  environment_key: Required({ maxLength: 100 }),
  spec: Type.Optional(
    Closed({
      client: Type.Optional(Type.String()),
      environment_version: Type.Optional(Type.String()),
      base_environment: Type.Optional(Type.String()),
      /** Lines of a `requirements.txt`. */
      dependencies: Type.Optional(Type.Array(Required({ maxLength: 1000 }), { maxItems: 500 })),
      java_dependencies: Type.Optional(Type.Array(Type.String())),
      project_environment: Type.Optional(Type.String()),
    }),
  ),
})
export type JobEnvironment = Static<typeof JobEnvironment>

/** Environment variables for tasks that name the set in `environment_variables_key`. */
const JobEnvironmentVariables = Closed({
  environment_variables_key: Required({ maxLength: 100 }),
  spec: Type.Optional(
    Closed({
      variables: Type.Optional(Type.Record(Type.String(), Type.String())),
      files: Type.Optional(Type.Array(Type.String())),
    }),
  ),
})

/** Settings of the job that are stored and returned, but that nothing enforces. */
export const UNENFORCED_JOB_SETTINGS = {
  job_clusters: UnenforcedSetting(),
  email_notifications: UnenforcedSetting(),
  budget_policy_id: UnenforcedSetting(),
  usage_policy_id: UnenforcedSetting(),
  performance_target: UnenforcedSetting(),
  duration_target: UnenforcedSetting(),
}

const settings = {
  name: Type.Optional(Type.String({ maxLength: 4096 })),
  description: Type.Optional(Type.String({ maxLength: 27_700 })),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  parameters: Type.Optional(Type.Array(JobParameterDefinition)),
  tasks: Type.Optional(Type.Array(TaskSettings, { maxItems: 1000 })),
  environments: Type.Optional(Type.Array(JobEnvironment, { maxItems: 100 })),
  environment_variables: Type.Optional(Type.Array(JobEnvironmentVariables, { maxItems: 100 })),
  /** An addition to Databricks' API: the text of files by their relative path, in the working folder of every task. */
  files: Type.Optional(Type.Record(Type.String(), Type.String())),
  timeout_seconds: Type.Optional(Type.Integer({ minimum: 0 })),
  max_concurrent_runs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  queue: Type.Optional(Queueing),
  run_as: Type.Optional(RunAs),
  format: Type.Optional(Type.String()),
  edit_mode: Type.Optional(Type.String()),
  parent_path: Type.Optional(Type.String()),
  deployment: Type.Optional(Type.Record(Type.String(), AnyJson())),
  schedule: Type.Optional(CronSchedule),
  trigger: Type.Optional(TriggerSettings),
  continuous: Type.Optional(Continuous),
  webhook_notifications: Type.Optional(WebhookNotifications),
  notification_settings: Type.Optional(NotificationSettings),
  health: Type.Optional(JobsHealth),
  ...UNENFORCED_JOB_SETTINGS,
}

/** The permissions on a new job or one-time run, in addition to those of its creator, who owns it. */
export const AccessControlList = Type.Optional(Type.Array(AccessControlRequest, { maxItems: 1000 }))

export const JobSettings = Closed(settings)
export type JobSettings = Static<typeof JobSettings>

export const Job = Type.Object({
  job_id: Int64(),
  creator_user_name: Type.String(),
  run_as_user_name: Type.Optional(Type.String()),
  /** Milliseconds since the epoch. */
  created_time: Int64(),
  settings: JobSettings,
  /** An addition to Databricks' API: paths of settings that are stored and returned, but have no effect on this server. */
  not_enforced: Type.Optional(Type.Array(Type.String())),
  /** An addition to Databricks' API, of `get`: when the trigger of the job is due, unless it is paused. */
  next_run_time: Type.Optional(Int64()),
  /** An addition to Databricks' API, of `get`: the level of the caller. */
  permission_level: Type.Optional(JobLevel),
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
  input: Closed({ ...settings, access_control_list: AccessControlList }),
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
    /** The exact name, in any case. */
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
