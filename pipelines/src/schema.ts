import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { DestinationType } from '@cairn/platform/protocol/databricks/job-notifications'
import type { TriggerType } from '@cairn/platform/protocol/databricks/job-triggers'
import type { STATEMENT_STATES } from '@cairn/platform/protocol/databricks/statements'
import type { NotificationRow } from '@cairn/platform/webhooks/outbox'
import type { Generated } from 'kysely'

export interface JobRow {
  job_id: number
  name: string
  /** JSON `JobSettings`. */
  settings: string
  creator: string
  /** Id of the creator; null for a job of an earlier release whose creator was deleted. */
  creator_id: string | null
  /** Id of the principal that wrote the settings last; null if an earlier release did not record it. */
  writer_id: string | null
  created_time: number
  deleted_at: number | null
}

export type RunStateName = 'QUEUED' | 'RUNNING' | 'TERMINATING' | 'TERMINATED' | 'SKIPPED'
export type TaskStateName = 'BLOCKED' | 'QUEUED' | 'RUNNING' | 'WAITING_FOR_RETRY' | 'TERMINATED'

/** Databricks' result states of tasks, and that of a trial which early stopping ended. */
export type TaskResult =
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'EXCLUDED'
  | 'DISABLED'
  | 'PRUNED'
export type RunResult =
  | 'SUCCESS'
  | 'SUCCESS_WITH_FAILURES'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED'

export interface JobRunRow {
  run_id: number
  job_id: number | null
  /** The task run that waits for this run. */
  parent_task_run_id: number | null
  run_name: string
  run_type: 'JOB_RUN' | 'SUBMIT_RUN'
  number_in_job: number
  idempotency_key: string | null
  /** Name of the principal that started the run. */
  creator: string
  /** Id of the principal that tasks without `run_as` act as: the creator of the job, or of a one-time run. */
  principal_id: string | null
  /** Id of the principal that wrote the settings; null if an earlier release did not record it. */
  writer_id: string | null
  settings: string
  /** JSON name → value, including defaults. */
  parameters: string
  overriding: string
  state: RunStateName
  result: RunResult | null
  message: string
  /** Null for a run of an earlier release, which was started on request. */
  trigger_type: TriggerType | null
  /** JSON `RunOverrides`; null without. */
  overrides: string | null
  stopping: 'CANCELED' | 'TIMEDOUT' | null
  /** The time at which the run is stopped as TIMEDOUT. */
  deadline: number | null
  /** The run whose results this one took over. */
  resumed_from: number | null
  /** JSON `RunCaching`; null for the settings of the tasks. */
  caching: string | null
  /** The time at which the duration of the run is reported; null when it was, and without a health rule. */
  warn_at: number | null
  start_time: number
  started_at: number | null
  ended_at: number | null
}

export interface RepairRow {
  repair_id: number
  run_id: number
  /** JSON list. */
  task_run_ids: string
  start_time: number
  /** How the run had ended before; null for a repair by an earlier release. */
  previous_result: RunResult | null
  previous_message: string | null
  previous_ended_at: number | null
}

/** A trigger that is not paused, written with the settings of its job. */
export interface JobTriggerRow {
  job_id: number
  /** JSON `Trigger`. */
  trigger_spec: string
  next_at: number
  /** The time at which `next_at` was computed. */
  planned_at: number
  /** JSON `TableVersions`. */
  state: string | null
}

export interface DestinationRow {
  id: string
  display_name: string
  destination_type: DestinationType
  /** Encrypted; see `webhook-secrets.ts` of the platform. */
  url: string
  created_at: number
}

/** Its `url` is the id of a destination. */
export interface JobNotificationRow extends NotificationRow {
  /** Id of the principal that named the destination; null if an earlier release did not record it. */
  named_by: string | null
}

export interface TaskRunRow {
  task_run_id: number
  run_id: number
  task_key: string
  position: number
  previous_id: number | null
  replaced_by: number | null
  /** The task run of the loop that this iteration belongs to, its number from 0, and its input as JSON. */
  parent_id: number | null
  iteration: number | null
  input: string | null
  state: TaskStateName
  result: TaskResult | null
  /** The decision of a condition task. */
  outcome: 'true' | 'false' | null
  message: string
  /** The number of the latest attempt; 0 before the first. */
  attempt: number
  /** Counts of attempts that failed, and of attempts lost with their worker. */
  failures: number
  losses: number
  started_at: number | null
  ended_at: number | null
  /** JSON `Progress`. */
  progress: string | null
  /** JSON values that the task returned. */
  outputs: string | null
  /** JSON `TaskOutput` of its kind. */
  kind_output: string | null
  /** The result of a task that is being stopped while its run continues. */
  stopping: 'PRUNED' | 'CANCELED' | 'FAILED' | null
  /** The run in the tracking server of a trial or of a whole sweep. */
  mlflow_run_id: string | null
  /** Set while that run is to be created or ended. */
  mlflow_state: 'open' | null
  /** The last value of the metric of a trial. */
  objective: number | null
  /** A digest of everything that a task with a cache computes from. */
  cache_key: string | null
  /** How the result was taken over from another task run, and from which. */
  origin: 'CACHED' | 'RESUMED' | null
  origin_run_id: number | null
  origin_task_run_id: number | null
}

export type AttemptOutcome = 'SUCCESS' | 'FAILED' | 'TIMEDOUT' | 'CANCELED' | 'LOST' | 'INTERRUPTED'

/** The processes that can run an attempt: one with the database, a worker over HTTP, or both. */
export type RunsOn = 'server' | 'worker' | 'any'

export interface TaskAttemptRow {
  task_run_id: number
  attempt: number
  /** An attempt is checked before it is queued if an earlier result may be used. A delegated one has no worker: it starts a run of another job and waits for its end. */
  state: 'checking' | 'queued' | 'running' | 'delegated' | 'ended'
  run_at: number
  queued_at: Generated<number | null>
  dispatched_at: number | null
  runs_on: Generated<RunsOn>
  /** The labels that its worker needs, sorted, with commas. */
  labels: Generated<string>
  /** A `newProcessId`, or the holder of a worker over HTTP. */
  holder: string | null
  /** For a delegated attempt, the time of its timeout. */
  lease_until: number | null
  /** The attempt's access token and its principal. */
  token_id: string | null
  token_of: string | null
  started_at: number | null
  ended_at: number | null
  outcome: AttemptOutcome | null
  /** The run that a delegated attempt waits for; null until it is started. */
  child_run_id: number | null
  error: string | null
  error_trace: string | null
  /** The status of the MLflow runs that the attempt left unfinished, until they have it; after a success set at the end of the run. */
  runs_end_as: Generated<'FINISHED' | 'FAILED' | 'KILLED' | null>
}

export interface TaskWorkerRow {
  worker_id: string
  name: string
  principal_id: string
  /** JSON list. */
  labels: string
  concurrency: number
  version: string
  registered_at: number
  seen_at: number
}

export interface TaskLogRow {
  task_run_id: number
  line: number
  time: number
  attempt: number
  level: string
  message: string
}

export interface TaskValueRow {
  task_run_id: number
  attempt: number
  name: string
  /** JSON. */
  value: string
}

/** The executed notebook of a task. */
export interface TaskNotebookRow extends Pick<TaskValueRow, 'task_run_id' | 'attempt'> {
  /** JSON of Jupyter. */
  notebook: string
}

/** A query of a caller. */
export interface SqlStatementRow {
  statement_id: string
  principal_id: string
  state: (typeof STATEMENT_STATES)[number]
  created_at: number
  seen_at: number
  /** JSON `{ error_code, message }`. */
  error: string | null
  /** JSON `QueryResult`. */
  result: string | null
}

export interface PipelinesSchema extends Pick<AuthSchema, 'securables' | 'grants'> {
  jobs: JobRow
  job_runs: JobRunRow
  job_run_repairs: RepairRow
  job_triggers: JobTriggerRow
  notification_destinations: DestinationRow
  job_notifications: JobNotificationRow
  task_runs: TaskRunRow
  task_attempts: TaskAttemptRow
  task_logs: TaskLogRow
  task_values: TaskValueRow
  task_notebooks: TaskNotebookRow
  task_workers: TaskWorkerRow
  sql_statements: SqlStatementRow
}
