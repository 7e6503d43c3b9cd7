import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import { advanceRun } from '../flow/advance.js'
import { descendants } from '../flow/graph.js'
import { newId } from '../flow/ids.js'
import { newTaskRun } from '../flow/new-task-run.js'
import { isFailure } from '../flow/run-if.js'
import { type CurrentTask, currentTasks, getRun, lockRun, type Tx, tasksOf } from '../flow/run-rows.js'
import type { JobRunRow, PipelinesSchema } from '../schema.js'
import { applyOverrides } from './overrides.js'
import { limitsOf, requireEnded } from './store.js'

export interface RepairRequest {
  readonly runId: number
  readonly failed: boolean
  readonly tasks: readonly string[]
  readonly dependents: boolean
  readonly latestRepairId?: number | undefined
  readonly parameters: Readonly<Record<string, string>>
  /** Parameters of tasks; `only` is not among them. */
  readonly overrides?: RunOverrides
  /** Id of the principal that is the writer of the run after the repair. */
  readonly writer: (run: JobRunRow) => string | null
}

/**
 * Reruns tasks of an ended run within the same run: new task runs replace the old ones, which are kept as history. Other
 * tasks keep their results.
 *
 * @throws INVALID_STATE while the run is active; INVALID_PARAMETER_VALUE when no task is selected
 */
export function repairRun(db: Db<PipelinesSchema>, request: RepairRequest, now: number): Promise<number> {
  const { runId } = request
  return db.transaction(async (tx) => {
    await lockRun(db, tx, runId)
    const run = await getRun(tx, runId)
    requireEnded(run)
    await requireLatestRepair(tx, request)
    const replaced = selectTasks(run, await currentTasks(tx, runId), request)
    const repair_id = newId()
    const created = replaced.map((old) => newTaskRun(runId, old.task_key, old.position, old.task_run_id))
    await tx.insertInto('task_runs').values(created).execute()
    for (const { task_run_id, previous_id } of created)
      await tx
        .updateTable('task_runs')
        .set({ replaced_by: task_run_id })
        .where('task_run_id', '=', previous_id!)
        .execute()
    const task_run_ids = JSON.stringify(created.map((task) => task.task_run_id))
    await tx
      .insertInto('job_run_repairs')
      .values({
        ...{ repair_id, run_id: runId, task_run_ids, start_time: now },
        ...{ previous_result: run.result, previous_message: run.message, previous_ended_at: run.ended_at },
      })
      .execute()
    await reopen(tx, run, request, now)
    await advanceRun(tx, runId, now)
    return repair_id
  })
}

function selectTasks(
  run: JobRunRow,
  rows: readonly CurrentTask[],
  { failed, tasks, dependents }: RepairRequest,
) {
  const unknown = tasks.find((key) => !rows.some((row) => row.task_key === key))
  if (unknown !== undefined) throw invalid(`rerun_tasks: the run has no task '${unknown}'.`)
  const keys = new Set(tasks)
  if (failed) for (const row of rows) if (isFailure(row.result!)) keys.add(row.task_key)
  if (keys.size === 0)
    throw invalid('rerun_tasks: no tasks to rerun; pass task keys or rerun_all_failed_tasks.')
  if (dependents)
    for (const key of [...keys]) for (const next of descendants(tasksOf(run), key)) keys.add(next)
  return rows.filter((row) => keys.has(row.task_key))
}

async function requireLatestRepair(tx: Tx, { runId, latestRepairId }: RepairRequest) {
  if (latestRepairId === undefined) return
  const latest = await tx
    .selectFrom('job_run_repairs')
    .select('repair_id')
    .where('run_id', '=', runId)
    .orderBy('start_time', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (latest?.repair_id !== latestRepairId)
    throw invalid(`latest_repair_id: ${latestRepairId} is not the latest repair of run ${runId}.`)
}

async function reopen(tx: Tx, run: JobRunRow, request: RepairRequest, now: number) {
  const { parameters: values, overrides, writer } = request
  const known = JSON.parse(run.parameters) as Record<string, string>
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw invalid(`job_parameters: the job has no parameter '${unknown}'.`)
  const settings = JSON.parse(run.settings) as JobSettings
  const before = JSON.parse(run.overrides ?? '{}') as RunOverrides
  await tx
    .updateTable('job_runs')
    .set({
      state: 'RUNNING',
      result: null,
      message: '',
      stopping: null,
      ended_at: null,
      ...limitsOf(run, now),
      parameters: JSON.stringify({ ...known, ...values }),
      ...(overrides && {
        settings: JSON.stringify(applyOverrides(settings, overrides)),
        overrides: JSON.stringify({ ...before, ...overrides }),
      }),
      writer_id: writer(run),
    })
    .where('run_id', '=', run.run_id)
    .execute()
}
