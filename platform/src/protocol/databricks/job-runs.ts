import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { CREATE_JOB, READ_JOBS, RUN_JOBS } from '../rights.js'
import { Empty, Int64, Unsupported } from '../wire.js'
import { AccessControlList, JobSettings } from './jobs.js'
import { caching, only, taskParameters } from './run-overrides.js'
import { SweepOutput, Trial } from './sweeps.js'
import { Closed, ConditionTask } from './task-kinds.js'
import { ForEachTask, TaskSettings, taskFields } from './task-settings.js'

/** The task run whose result a task took over, from the cache of the task or from the run that it resumes. */
export const TaskOrigin = Type.Object({ kind: Type.String(), run_id: Int64(), task_run_id: Int64() })

/** The state for clients of Databricks before 2.2. */
export const RunState = Type.Object({
  life_cycle_state: Type.String(),
  result_state: Type.Optional(Type.String()),
  state_message: Type.String(),
  user_cancelled_or_timedout: Type.Boolean(),
})

/** The state for clients of Databricks since 2.2. */
export const RunStatus = Type.Object({
  state: Type.String(),
  termination_details: Type.Optional(
    Type.Object({ code: Type.String(), type: Type.String(), message: Type.String() }),
  ),
  queue_details: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
})

const times = {
  /** Milliseconds since the epoch; 0 before it is reached. */
  start_time: Int64(),
  end_time: Int64(),
  setup_duration: Int64(),
  execution_duration: Int64(),
  cleanup_duration: Int64(),
  queue_duration: Int64(),
  run_duration: Int64(),
}

/** The numbers of iterations of a loop by state. As in Databricks, started ones count as scheduled. */
export const ForEachStats = Type.Object({
  task_run_stats: Type.Object({
    total_iterations: Int64(),
    scheduled_iterations: Int64(),
    active_iterations: Int64(),
    completed_iterations: Int64(),
    succeeded_iterations: Int64(),
    failed_iterations: Int64(),
    /** An addition to Databricks' API: trials of a sweep that early stopping ended. */
    pruned_iterations: Type.Optional(Int64()),
  }),
  /** The three most frequent messages of iterations that did not succeed. */
  error_message_stats: Type.Optional(
    Type.Array(
      Type.Object({ count: Int64(), error_message: Type.String(), termination_category: Type.String() }),
    ),
  ),
})
export type ForEachStats = Static<typeof ForEachStats>

/** The parameters of a task with the values of its references, by kind, then by field. */
export const ResolvedValues = Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()))
export type ResolvedValues = Static<typeof ResolvedValues>

/** A task with its settings and its state. */
export const RunTask = Type.Object({
  ...taskFields,
  condition_task: Type.Optional(
    Type.Object({ ...ConditionTask.properties, outcome: Type.Optional(Type.String()) }),
  ),
  for_each_task: Type.Optional(
    Type.Object({ ...ForEachTask.properties, stats: Type.Optional(ForEachStats) }),
  ),
  /** Additions to Databricks' API for an iteration of a loop: its number from 0, and its input. */
  iteration: Type.Optional(Int64()),
  input: Type.Optional(Type.Unknown()),
  /** The run of a trial of a sweep; for a sweep, the run that is the parent of its trials. */
  ...Trial.properties,
  /** The source of the result; absent for a task that ran. */
  origin: Type.Optional(TaskOrigin),
  /** The run id of the task, not of the job. */
  run_id: Int64(),
  run_if: Type.String(),
  attempt_number: Int64(),
  /** Present on request, for a task that has started. */
  resolved_values: Type.Optional(ResolvedValues),
  state: RunState,
  status: RunStatus,
  ...times,
})
export type RunTask = Static<typeof RunTask>

export const Repair = Type.Object({
  /** The id of the repair; absent for the original run. */
  id: Type.Optional(Int64()),
  type: Type.String(),
  state: RunState,
  status: RunStatus,
  start_time: Int64(),
  end_time: Int64(),
  task_run_ids: Type.Array(Int64()),
})

export const JobRun = Type.Object({
  run_id: Int64(),
  job_id: Type.Optional(Int64()),
  number_in_job: Int64(),
  original_attempt_run_id: Int64(),
  run_name: Type.String(),
  run_type: Type.String(),
  trigger: Type.String(),
  format: Type.String(),
  creator_user_name: Type.String(),
  run_page_url: Type.String(),
  state: RunState,
  status: RunStatus,
  ...times,
  tasks: Type.Optional(Type.Array(RunTask)),
  /** The iterations of the run of a loop, 100 in a page. */
  iterations: Type.Optional(Type.Array(RunTask)),
  next_page_token: Type.Optional(Type.String()),
  /** The task run that waits for this run. */
  trigger_info: Type.Optional(Type.Object({ run_id: Int64() })),
  job_parameters: Type.Optional(
    Type.Array(
      Type.Object({ name: Type.String(), default: Type.Optional(Type.String()), value: Type.String() }),
    ),
  ),
  overriding_parameters: Type.Optional(
    Type.Object({
      job_parameters: Type.Optional(Type.Record(Type.String(), Type.String())),
      notebook_params: taskParameters.notebook_params,
      python_params: taskParameters.python_params,
      python_named_params: taskParameters.python_named_params,
      sql_params: taskParameters.sql_params,
    }),
  ),
  repair_history: Type.Optional(Type.Array(Repair)),
  /** An addition to Databricks' API: the run whose results this one took over. */
  resumed_from_run_id: Type.Optional(Int64()),
})
export type JobRun = Static<typeof JobRun>

const RunId = Type.Object({ run_id: Id() })
const JobParameters = Type.Optional(Type.Record(Type.String(), Type.String(), { maxProperties: 1000 }))
const IdempotencyToken = Type.Optional(Type.String({ maxLength: 64 }))

export const RunNow = operation({
  id: 'runNow',
  method: 'POST',
  path: '/api/2.2/jobs/run-now',
  summary: 'Start a run of a job; the same idempotency token returns the same run',
  right: RUN_JOBS,
  scope: 'jobs',
  input: Closed({
    job_id: Id(),
    job_parameters: JobParameters,
    idempotency_token: IdempotencyToken,
    queue: Type.Optional(Type.Object({ enabled: Type.Boolean() })),
    only,
    /** An addition to Databricks' API: an ended run of the job. Its successful tasks with the same settings do not run again. */
    resume_from_run_id: Type.Optional(Id()),
    ...caching,
    ...taskParameters,
    performance_target: Unsupported(),
  }),
  output: Type.Object({ run_id: Int64(), number_in_job: Int64() }),
})

const {
  name: _name,
  max_concurrent_runs: _max,
  schedule: _schedule,
  trigger: _trigger,
  continuous: _continuous,
  ...oneTime
} = JobSettings.properties

export const SubmitRun = operation({
  id: 'submitRun',
  method: 'POST',
  path: '/api/2.2/jobs/runs/submit',
  summary: 'Run tasks once without a job; the same idempotency token returns the same run',
  right: CREATE_JOB,
  scope: 'none',
  input: Closed({
    ...oneTime,
    run_name: Type.Optional(Type.String({ maxLength: 4096 })),
    tasks: Type.Array(TaskSettings, { maxItems: 1000 }),
    idempotency_token: IdempotencyToken,
    access_control_list: AccessControlList,
  }),
  output: RunId,
})

export const GetJobRun = operation({
  id: 'getJobRun',
  method: 'GET',
  path: '/api/2.2/jobs/runs/get',
  summary: 'Get a run of a job or of one of its tasks',
  right: READ_JOBS,
  input: Type.Object({
    run_id: Id(),
    include_history: Type.Optional(Type.Boolean()),
    include_resolved_values: Type.Optional(Type.Boolean()),
    /** The token of the next page of iterations of a loop. */
    page_token: Type.Optional(Type.String()),
  }),
  output: JobRun,
})

/** The outputs of the kinds of tasks that have one. The `values` of all kinds are in `node_task_output`. */
export const TaskOutput = {
  notebook_output: Type.Optional(
    Type.Object({ result: Type.Optional(Type.String()), truncated: Type.Optional(Type.Boolean()) }),
  ),
  sql_output: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  run_job_output: Type.Optional(Type.Object({ run_id: Int64() })),
  sweep: Type.Optional(SweepOutput),
}
const AnyTaskOutput = Type.Object(TaskOutput)
export type TaskOutput = Static<typeof AnyTaskOutput>

export const GetRunOutput = operation({
  id: 'getJobRunOutput',
  method: 'GET',
  path: '/api/2.2/jobs/runs/get-output',
  summary: 'Get the output of a task: its values or its error, and the end of its log',
  right: READ_JOBS,
  input: RunId,
  output: Type.Object({
    metadata: JobRun,
    ...TaskOutput,
    node_task_output: Type.Optional(Type.Object({ values: Type.Record(Type.String(), Type.Unknown()) })),
    error: Type.Optional(Type.String()),
    error_trace: Type.Optional(Type.String()),
    /** True if `runs/export` has the executed notebook; not in Databricks' API. */
    has_notebook: Type.Optional(Type.Boolean()),
    logs: Type.String(),
    logs_truncated: Type.Boolean(),
  }),
})

export const ListJobRuns = operation({
  id: 'listJobRuns',
  method: 'GET',
  path: '/api/2.2/jobs/runs/list',
  summary: 'List runs, newest first',
  right: { ...READ_JOBS, filtered: true },
  input: Type.Object({
    job_id: Type.Optional(Id()),
    active_only: Type.Optional(Type.Boolean()),
    completed_only: Type.Optional(Type.Boolean()),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    page_token: Type.Optional(Type.String()),
    run_type: Type.Optional(Type.String()),
    expand_tasks: Type.Optional(Type.Boolean()),
    start_time_from: Type.Optional(Id()),
    start_time_to: Type.Optional(Id()),
  }),
  output: Type.Object({
    runs: Type.Array(JobRun),
    has_more: Type.Boolean(),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const CancelRun = operation({
  id: 'cancelJobRun',
  method: 'POST',
  path: '/api/2.2/jobs/runs/cancel',
  summary: 'Cancel a run; it ends as CANCELED shortly after',
  right: RUN_JOBS,
  input: RunId,
  output: Empty,
})

export const RepairRun = operation({
  id: 'repairJobRun',
  method: 'POST',
  path: '/api/2.2/jobs/runs/repair',
  summary: 'Repair an ended run: run its failed or the selected tasks again',
  right: RUN_JOBS,
  scope: 'jobs',
  input: Closed({
    run_id: Id(),
    rerun_all_failed_tasks: Type.Optional(Type.Boolean()),
    rerun_tasks: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })),
    /** True to run all tasks that depend on them too. */
    rerun_dependent_tasks: Type.Optional(Type.Boolean()),
    latest_repair_id: Type.Optional(Id()),
    job_parameters: JobParameters,
    ...taskParameters,
    performance_target: Unsupported(),
  }),
  output: Type.Object({ repair_id: Int64() }),
})
