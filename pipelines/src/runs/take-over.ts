import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { canonicalJson } from '../canonical-json.js'
import { variablesOf } from '../flow/environment-variables.js'
import { dependencies, topologicalOrder } from '../flow/graph.js'
import { jobOf } from '../flow/run-rows.js'
import type { JobRunRow, TaskRunRow } from '../schema.js'

/** A run whose results another run of its job takes over. */
export interface ResumedRun {
  readonly run: JobRunRow
  readonly tasks: readonly TaskRunRow[]
}

/**
 * The task runs to take over by task key: they succeeded with the settings of the new run, and so did all tasks that they
 * depend on.
 */
export function tasksToTakeOver(
  { run, tasks }: ResumedRun,
  settings: JobSettings,
): ReadonlyMap<string, TaskRunRow> {
  const before = jobOf(run)
  const earlier = new Map((before.tasks ?? []).map((task) => [task.task_key, inputsOf(before, task)]))
  const succeeded = new Map(
    tasks.filter(({ result }) => result === 'SUCCESS').map((row) => [row.task_key, row]),
  )
  const taken = new Map<string, TaskRunRow>()
  for (const task of topologicalOrder(settings.tasks ?? [])) {
    const row = succeeded.get(task.task_key)
    const isSame = earlier.get(task.task_key) === inputsOf(settings, task)
    if (row && isSame && dependencies(task).every((key) => taken.has(key))) taken.set(task.task_key, row)
  }
  return taken
}

/** The settings of a job that a task depends on. */
function inputsOf(job: JobSettings, task: TaskSettings): string {
  const { files, environments, tags, run_as } = job
  const nested = task.for_each_task?.task
  const keys = [task.environment_key, nested?.environment_key]
  const used = (environments ?? []).filter(({ environment_key }) => keys.includes(environment_key))
  const variables = [task, ...(nested ? [nested] : [])].map((one) => variablesOf(job, one))
  const experiment = tags?.['cairn.experiment']
  return canonicalJson({ task, files, environments: used, variables, experiment, run_as })
}

/** The row of a task in a new run that takes over a result. */
export const takeOver = (row: TaskRunRow, earlier: TaskRunRow, now: number): TaskRunRow => ({
  ...row,
  ...{ state: 'TERMINATED', result: 'SUCCESS', outcome: earlier.outcome, started_at: now, ended_at: now },
  ...{ outputs: earlier.outputs, kind_output: earlier.kind_output, mlflow_run_id: earlier.mlflow_run_id },
  origin: 'RESUMED',
  origin_run_id: earlier.origin_run_id ?? earlier.run_id,
  origin_task_run_id: earlier.origin_task_run_id ?? earlier.task_run_id,
})
