import Type, { type Static } from 'typebox'
import { TaskOrigin } from '../databricks/job-runs.js'
import { JobLevel } from '../databricks/jobs.js'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { READ_JOBS } from '../rights.js'
import { Double, Int64 } from '../wire.js'

/** The progress of a task. `total` is absent while it is unknown. */
export const Progress = Type.Object({
  done: Double(),
  total: Type.Optional(Double()),
  unit: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
export type Progress = Static<typeof Progress>

export const TaskProgress = Type.Object({
  task_key: Type.String(),
  task_run_id: Int64(),
  /** BLOCKED, QUEUED, RUNNING, WAITING_FOR_RETRY, TERMINATED. */
  state: Type.String(),
  result: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  attempt: Int64(),
  depends_on: Type.Array(Type.String()),
  started_at: Type.Optional(Int64()),
  ended_at: Type.Optional(Int64()),
  /** The decision of a condition task: `true` or `false`. */
  outcome: Type.Optional(Type.String()),
  origin: Type.Optional(TaskOrigin),
  /** The progress. That of a loop counts iterations. */
  progress: Type.Optional(Progress),
  /** The output values of a successful task. */
  values: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type TaskProgress = Static<typeof TaskProgress>

export const GetRunProgress = operation({
  id: 'getJobRunProgress',
  method: 'GET',
  path: '/api/cairn/v1/job-runs/{run_id}/progress',
  summary: 'Get the progress of each task of a run; cheap enough to poll twice a second',
  right: READ_JOBS,
  input: Type.Object({ run_id: Id() }),
  output: Type.Object({
    /** The id of the run of the job, also if the run of one of its tasks was requested. */
    run_id: Int64(),
    /** The level of the caller. */
    permission_level: JobLevel,
    /** QUEUED, RUNNING, TERMINATING, TERMINATED, SKIPPED. */
    state: Type.String(),
    result: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    started_at: Type.Optional(Int64()),
    ended_at: Type.Optional(Int64()),
    tasks: Type.Array(TaskProgress),
  }),
})
