import type { Db, Transaction } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'

export type Tx = Transaction<PipelinesSchema>

/** Serializes changes of a run until the transaction ends. Lock order: the job first, then the run. */
export async function lockRun(db: Db<PipelinesSchema>, tx: Tx, runId: number) {
  await db.dialect.lock(`job-run:${runId}`)?.execute(tx)
}

export async function lockJob(db: Db<PipelinesSchema>, tx: Tx, jobId: number) {
  await db.dialect.lock(`job:${jobId}`)?.execute(tx)
}

/** The row of a run that exists. */
export const getRun = (tx: Tx, runId: number): Promise<JobRunRow> =>
  tx.selectFrom('job_runs').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow()

/** The row of a task run that exists. */
export const getTaskRun = (tx: Tx, taskRunId: number): Promise<TaskRunRow> =>
  tx.selectFrom('task_runs').selectAll().where('task_run_id', '=', taskRunId).executeTakeFirstOrThrow()

/** Caches parsed settings, which may have a megabyte and are read for each task. */
const parsed = new WeakMap<Pick<JobRunRow, 'settings'>, readonly TaskSettings[]>()

export function tasksOf(run: Pick<JobRunRow, 'settings'>): readonly TaskSettings[] {
  const known = parsed.get(run)
  if (known) return known
  const tasks = (JSON.parse(run.settings) as JobSettings).tasks ?? []
  parsed.set(run, tasks)
  return tasks
}

export const jobOf = (run: Pick<JobRunRow, 'settings'>) => JSON.parse(run.settings) as JobSettings

/** The task of the run that a task run belongs to: of an iteration, its loop. */
export const taskOf = (run: Pick<JobRunRow, 'settings'>, { task_key }: Pick<TaskRunRow, 'task_key'>) =>
  tasksOf(run).find((task) => task.task_key === task_key || task.for_each_task?.task.task_key === task_key)!

/** The settings of a task run: of an iteration, those of the task in its loop, which acts as the loop's principal. */
export function settingsOf(
  run: Pick<JobRunRow, 'settings'>,
  row: Pick<TaskRunRow, 'task_key' | 'parent_id'>,
): TaskSettings {
  const task = taskOf(run, row)
  if (row.parent_id === null) return task
  const { run_as: _ignored, ...nested } = task.for_each_task!.task
  return { ...nested, ...(task.run_as && { run_as: task.run_as }) }
}

const STATE_COLUMNS = [
  ...(['task_run_id', 'run_id', 'task_key', 'position', 'previous_id', 'replaced_by'] as const),
  ...(['parent_id', 'iteration', 'state', 'result', 'outcome', 'message', 'attempt', 'failures'] as const),
  ...(['losses', 'started_at', 'ended_at', 'stopping', 'mlflow_run_id', 'mlflow_state'] as const),
  ...(['objective', 'cache_key', 'origin', 'origin_run_id', 'origin_task_run_id'] as const),
] satisfies (keyof TaskRunRow)[]

/** A task run without its input and outputs, which may be large. */
export type CurrentTask = Pick<TaskRunRow, (typeof STATE_COLUMNS)[number]>

/** The task runs of a run, without iterations and those that a repair replaced. */
export const currentTasks = (tx: Tx, runId: number): Promise<CurrentTask[]> =>
  tx
    .selectFrom('task_runs')
    .select(STATE_COLUMNS)
    .where('run_id', '=', runId)
    .where('parent_id', 'is', null)
    .where('replaced_by', 'is', null)
    .orderBy('position')
    .execute()
