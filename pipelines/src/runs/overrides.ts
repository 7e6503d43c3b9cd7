import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { RunOverrides } from '@cairn/platform/protocol/databricks/run-overrides'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'

interface Target {
  readonly kinds: readonly string[]
  readonly member: string
  /** True if names that are not passed keep their values. */
  readonly merges: boolean
}

/** The settings of tasks that the parameters of `run-now` replace, as in Databricks. */
const TARGETS: Readonly<Record<Exclude<keyof RunOverrides, 'only'>, Target>> = {
  notebook_params: { kinds: ['notebook_task'], member: 'base_parameters', merges: true },
  python_params: { kinds: ['spark_python_task', 'python_wheel_task'], member: 'parameters', merges: false },
  python_named_params: { kinds: ['python_wheel_task'], member: 'named_parameters', merges: false },
  sql_params: { kinds: ['sql_task'], member: 'parameters', merges: true },
}

/** Databricks' limit for the JSON of one kind of parameters. */
const MAX_BYTES = 10_000

/** @returns undefined when nothing is overridden. @throws INVALID_PARAMETER_VALUE for parameters that are too large together */
export function overridesOf(input: RunOverrides): RunOverrides | undefined {
  const { only, notebook_params, python_params, python_named_params, sql_params } = input
  const parameters = Object.entries({ notebook_params, python_params, python_named_params, sql_params })
  for (const [field, value] of parameters) requireSmall(field, value)
  const given = [['only', only] as const, ...parameters]
  const present = given.filter(([, value]) => value !== undefined)
  return present.length === 0 ? undefined : (Object.fromEntries(present) as RunOverrides)
}

function requireSmall(field: string, value: unknown) {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '')
  if (bytes > MAX_BYTES)
    throw invalid(`${field}: the parameters have ${bytes} bytes together; the limit is ${MAX_BYTES}.`)
}

/**
 * The settings of a run whose caller chose tasks or parameters of tasks.
 *
 * @throws INVALID_PARAMETER_VALUE for a task that the job does not have, and for parameters that none of its tasks takes
 */
export function applyOverrides(settings: JobSettings, overrides: RunOverrides): JobSettings {
  const { only, ...parameters } = overrides
  let tasks = only ? selectTasks(settings.tasks ?? [], only) : (settings.tasks ?? [])
  for (const [name, values] of Object.entries(parameters))
    if (values !== undefined) tasks = replaceParameters(tasks, name as keyof typeof TARGETS, values)
  return { ...settings, tasks }
}

function selectTasks(tasks: readonly TaskSettings[], only: readonly string[]): TaskSettings[] {
  const unknown = only.find((key) => !tasks.some(({ task_key }) => task_key === key))
  if (unknown !== undefined) throw invalid(`only: the job has no task '${unknown}'.`)
  const chosen = new Set(only)
  return tasks
    .filter(({ task_key }) => chosen.has(task_key))
    .map(({ depends_on, ...task }) => ({
      ...task,
      ...(depends_on && { depends_on: depends_on.filter(({ task_key }) => chosen.has(task_key)) }),
    }))
}

function replaceParameters(
  tasks: readonly TaskSettings[],
  name: keyof typeof TARGETS,
  values: Readonly<Record<string, string>> | readonly string[],
): TaskSettings[] {
  const { kinds, member, merges } = TARGETS[name]
  let isTaken = false
  const changed = tasks.map((task) => {
    const kind = kinds.find((one) => (task as Record<string, unknown>)[one] !== undefined)
    if (kind === undefined) return task
    isTaken = true
    const settings = (task as Record<string, unknown>)[kind] as Record<string, object>
    const value = merges ? { ...settings[member], ...values } : values
    return { ...task, [kind]: { ...settings, [member]: value } }
  })
  if (!isTaken) throw invalid(`${name}: the run has no ${kinds.join(' or ')}.`)
  return changed
}
