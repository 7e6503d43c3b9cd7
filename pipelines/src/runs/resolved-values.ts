import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { JobRun, ResolvedValues, RunTask } from '@cairn/platform/protocol/databricks/job-runs'
import type { TaskKindName, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { type Lookup, referencedTasks, resolveReferences } from '../flow/references.js'
import { settingsOf } from '../flow/run-rows.js'
import { createLookup, readFirstOutputs, valuesByTask } from '../flow/run-values.js'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'

/** The parameters of each kind that may have references. `node_task` and `shell_task` are additions to Databricks' kinds. */
const PARAMETERS: Partial<Record<TaskKindName, readonly string[]>> = {
  condition_task: ['left', 'right'],
  node_task: ['parameters'],
  notebook_task: ['base_parameters'],
  python_wheel_task: ['named_parameters', 'parameters'],
  run_job_task: ['job_parameters'],
  shell_task: ['parameters'],
  spark_python_task: ['parameters'],
  sql_task: ['parameters'],
}
/** Characters of the values in one response. The tasks behind have none; the run of a task has its own. */
const MAX_LENGTH = 1024 ** 2
/** Bytes of the stored values that are parsed for one response: each of a thousand tasks may have 256 KiB. */
const MAX_READ_BYTES = 8 * 1024 ** 2

interface ResolveOptions {
  readonly db: Db<PipelinesSchema>
  readonly registry: TaskRegistry
}

/** Adds to the started tasks of a rendered run their parameters with the values of references; secrets stay references. */
export async function withResolvedValues(
  rendered: JobRun,
  run: JobRunRow,
  rows: readonly TaskRunRow[],
  { db, registry }: ResolveOptions,
): Promise<JobRun> {
  const started = new Map(rows.flatMap((row) => (row.started_at === null ? [] : [[row.task_run_id, row]])))
  const referenced = referencedTasks([...started.values()].map((row) => parametersOf(settingsOf(run, row))))
  const values = valuesByTask(await readFirstOutputs(db.read, run, referenced, MAX_READ_BYTES))
  let length = 0
  const add = (task: RunTask): RunTask => {
    const row = started.get(task.run_id)
    if (!row || length > MAX_LENGTH) return task
    const lookup = createLookup({ run, task: row, attempt: row.attempt }, values)
    const resolved_values = resolve(settingsOf(run, row), withoutSecrets(lookup), registry)
    length += JSON.stringify(resolved_values).length
    return length > MAX_LENGTH || Object.keys(resolved_values).length === 0
      ? task
      : { ...task, resolved_values }
  }
  const { tasks, iterations } = rendered
  return {
    ...rendered,
    ...(tasks && { tasks: tasks.map(add) }),
    ...(iterations && { iterations: iterations.map(add) }),
  }
}

const withoutSecrets =
  (lookup: Lookup): Lookup =>
  (reference) =>
    reference.startsWith('secrets/') ? `{{${reference}}}` : lookup(reference)

/** The parameters by kind, then by field. */
const parametersOf = (settings: TaskSettings): ResolvedValues =>
  Object.fromEntries(
    Object.entries(PARAMETERS).flatMap(([kind, fields]) => {
      const own = settings[kind as TaskKindName] as Readonly<Record<string, unknown>> | undefined
      const present = own ? fields.filter((field) => own[field] !== undefined) : []
      return present.length > 0
        ? [[kind, Object.fromEntries(present.map((field) => [field, own![field]]))]]
        : []
    }),
  )

/** A kind with a reference without a value is absent: its task failed for that reason. */
function resolve(settings: TaskSettings, lookup: Lookup, registry: TaskRegistry): ResolvedValues {
  const resolved: ResolvedValues = {}
  for (const [kind, parameters] of Object.entries(parametersOf(settings)))
    try {
      const options = registry.find(kind as TaskKindName) ?? {}
      resolved[kind] = resolveReferences(parameters, lookup, options) as Record<string, unknown>
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  return resolved
}
