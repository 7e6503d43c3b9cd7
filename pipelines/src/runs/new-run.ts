import type { TriggerType } from '@cairn/platform/protocol/databricks/job-triggers'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunCaching, RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import { newId } from '../flow/ids.js'
import { newTaskRun } from '../flow/new-task-run.js'
import type { Tx } from '../flow/run-rows.js'
import type { JobRunRow } from '../schema.js'
import { applyOverrides } from './overrides.js'
import { withDefaults } from './parameters.js'
import { type ResumedRun, takeOver, tasksToTakeOver } from './take-over.js'

export interface NewRun {
  readonly settings: JobSettings
  readonly runName: string
  readonly creator: string
  /** Id of the principal that tasks without `run_as` act as. */
  readonly principalId: string | null
  /** Id of the principal that wrote the settings. */
  readonly writerId: string | null
  readonly parameters: Readonly<Record<string, string>>
  /** The tasks and parameters of tasks that the caller chose. */
  readonly overrides?: RunOverrides
  readonly idempotencyKey?: string
  /** The run whose results are taken over. */
  readonly resumed?: ResumedRun | undefined
  /** The tasks that do not use results of earlier runs. */
  readonly caching?: RunCaching | undefined
  /** Default: on request. */
  readonly triggerType?: TriggerType
  readonly job?: { readonly jobId: number; readonly numberInJob: number }
}

type InitialState = Pick<JobRunRow, 'state' | 'result' | 'message'>

/** Inserts the rows of a new run. @throws INVALID_PARAMETER_VALUE for an unknown parameter */
export async function insertRun(tx: Tx, run: NewRun, start: InitialState, now: number): Promise<JobRunRow> {
  const { job, overrides } = run
  const settings = overrides ? applyOverrides(run.settings, overrides) : run.settings
  const parameters = withDefaults(settings, run.parameters)
  const isSkipped = start.state === 'SKIPPED'
  const runId = newId()
  const row: JobRunRow = {
    run_id: runId,
    job_id: job?.jobId ?? null,
    parent_task_run_id: null,
    run_name: run.runName,
    run_type: job ? 'JOB_RUN' : 'SUBMIT_RUN',
    number_in_job: job?.numberInJob ?? runId,
    idempotency_key: run.idempotencyKey ?? null,
    creator: run.creator,
    principal_id: run.principalId,
    writer_id: run.writerId,
    // A skipped run needs none of its job's settings, and a frequent schedule may skip many.
    settings: JSON.stringify(isSkipped ? { name: run.runName } : settings),
    parameters: JSON.stringify(isSkipped ? run.parameters : parameters),
    overriding: JSON.stringify(run.parameters),
    ...start,
    trigger_type: run.triggerType ?? 'ONE_TIME',
    overrides: overrides ? JSON.stringify(overrides) : null,
    stopping: null,
    resumed_from: run.resumed?.run.run_id ?? null,
    caching: run.caching ? JSON.stringify(run.caching) : null,
    deadline: null,
    warn_at: null,
    start_time: now,
    started_at: null,
    ended_at: isSkipped ? now : null,
  }
  await tx.insertInto('job_runs').values(row).execute()
  if (!isSkipped) await insertTasks(tx, runId, { ...run, settings }, now)
  return row
}

/** @param settings with the choices of the caller */
async function insertTasks(tx: Tx, runId: number, { settings, resumed }: NewRun, now: number) {
  const taken = resumed && tasksToTakeOver(resumed, settings)
  for (const [position, { task_key }] of (settings.tasks ?? []).entries()) {
    const created = newTaskRun(runId, task_key, position)
    const earlier = taken?.get(task_key)
    await tx
      .insertInto('task_runs')
      .values(earlier ? takeOver(created, earlier, now) : created)
      .execute()
  }
}
