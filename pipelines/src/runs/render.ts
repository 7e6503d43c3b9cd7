import type { JobRun, RunTask } from '@cairn/platform/protocol/databricks/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import { settingsOf } from '../flow/run-rows.js'
import { renderOrigin } from '../flow/task-origin.js'
import { withoutPrincipalId } from '../jobs/run-as-ids.js'
import type { JobRunRow, RepairRow, TaskRunRow } from '../schema.js'
import { triggerTypeOf } from '../triggers/trigger.js'
import { renderRunState } from './run-state.js'

interface Times {
  /** The times of the request, the start of the first task or attempt, and the end. */
  readonly requested: number
  readonly started: number | null
  readonly ended: number | null
}

const times = ({ requested, started, ended }: Times) => ({
  start_time: requested,
  end_time: ended ?? 0,
  setup_duration: 0,
  execution_duration: started !== null && ended !== null ? ended - started : 0,
  cleanup_duration: 0,
  queue_duration: started === null ? 0 : started - requested,
  run_duration: ended === null ? 0 : ended - requested,
})

const timesOf = (run: JobRunRow) =>
  times({ requested: run.start_time, started: run.started_at, ended: run.ended_at })

/** Renders a run for Databricks' API. Lists omit `tasks`. */
export function renderRun(
  run: JobRunRow,
  tasks?: readonly TaskRunRow[],
  repairs?: readonly RepairRow[],
): JobRun {
  const definitions = (JSON.parse(run.settings) as JobSettings).parameters ?? []
  const defaults = new Map(definitions.map((definition) => [definition.name, definition.default]))
  const parameters = Object.entries(JSON.parse(run.parameters) as Record<string, string>)
  return {
    ...common(run),
    ...renderRunState(run),
    ...timesOf(run),
    job_parameters: parameters.map(([name, value]) => ({ name, default: defaults.get(name) ?? '', value })),
    overriding_parameters: { job_parameters: JSON.parse(run.overriding), ...parametersOf(run) },
    ...(tasks && { tasks: renderTasks(run, tasks) }),
    ...(repairs && tasks && repairs.length > 0 && { repair_history: renderRepairs(run, tasks, repairs) }),
  }
}

function parametersOf({ overrides }: JobRunRow) {
  const { only: _only, ...parameters } = JSON.parse(overrides ?? '{}') as RunOverrides
  return parameters
}

const common = (run: JobRunRow) => ({
  run_id: run.run_id,
  ...(run.job_id !== null && { job_id: run.job_id }),
  number_in_job: run.number_in_job,
  original_attempt_run_id: run.run_id,
  run_name: run.run_name,
  run_type: run.run_type,
  trigger: triggerTypeOf(run),
  ...(run.parent_task_run_id !== null && { trigger_info: { run_id: run.parent_task_run_id } }),
  ...(run.resumed_from !== null && { resumed_from_run_id: run.resumed_from }),
  format: 'MULTI_TASK',
  creator_user_name: run.creator,
  run_page_url: `/#/jobs/runs/${run.run_id}`,
})

/** Databricks' `runs/get` accepts the id of a task run as well. */
export function renderTaskAsRun(run: JobRunRow, task: TaskRunRow): JobRun {
  const rendered = renderTask(run, task)
  return {
    ...common(run),
    run_id: task.task_run_id,
    original_attempt_run_id: task.task_run_id,
    ...(task.attempt > 1 && { trigger: 'RETRY' }),
    run_name: task.task_key,
    ...renderRunState(task),
    ...times({
      requested: task.started_at ?? run.start_time,
      started: task.started_at,
      ended: task.ended_at,
    }),
    tasks: [rendered],
  }
}

const renderTasks = (run: JobRunRow, tasks: readonly TaskRunRow[]) =>
  tasks.filter((task) => task.replaced_by === null).map((task) => renderTask(run, task))

export function renderTask(run: JobRunRow, task: TaskRunRow): RunTask {
  const settings = settingsOf(run, task)
  return {
    ...withoutPrincipalId(settings),
    run_id: task.task_run_id,
    task_key: task.task_key,
    depends_on: settings.depends_on ?? [],
    run_if: settings.run_if ?? 'ALL_SUCCESS',
    attempt_number: Math.max(0, task.attempt - 1),
    ...(task.outcome && { condition_task: { ...settings.condition_task!, outcome: task.outcome } }),
    ...(task.iteration !== null && { iteration: task.iteration, input: JSON.parse(task.input!) }),
    ...renderTrial(task),
    ...renderOrigin(task),
    ...renderRunState(task),
    ...times({
      requested: task.started_at ?? run.start_time,
      started: task.started_at,
      ended: task.ended_at,
    }),
  }
}

const renderTrial = ({ mlflow_run_id, objective, result }: TaskRunRow) => ({
  ...(mlflow_run_id !== null && { mlflow_run_id }),
  ...(objective !== null && { objective }),
  ...(result === 'PRUNED' && { pruned: true }),
})

/** The original run first, then each repair, with its task runs and how it ended. */
function renderRepairs(run: JobRunRow, tasks: readonly TaskRunRow[], repairs: readonly RepairRow[]) {
  const byRepair = repairs.map((repair) => JSON.parse(repair.task_run_ids) as number[])
  const repaired = new Set(byRepair.flat())
  const first = tasks.filter((task) => !repaired.has(task.task_run_id)).map((task) => task.task_run_id)
  const entries = [
    { type: 'ORIGINAL', start_time: run.start_time, task_run_ids: first },
    ...repairs.map((repair, i) => ({
      type: 'REPAIR',
      id: repair.repair_id,
      start_time: repair.start_time,
      task_run_ids: byRepair[i]!,
    })),
  ]
  return entries.map((entry, i) => {
    const next = repairs[i]
    const end_time = next ? (next.previous_ended_at ?? next.start_time) : (run.ended_at ?? 0)
    return { ...entry, end_time, ...renderRunState(next ? stateBefore(next) : run) }
  })
}

/** Repairs by earlier releases did not store the result; most repaired runs had failed. */
const stateBefore = ({ previous_result, previous_message }: RepairRow) => ({
  state: 'TERMINATED' as const,
  result: previous_result ?? ('FAILED' as const),
  message: previous_message ?? '',
})
