import { invalid } from '@cairn/platform/errors'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'

const OUTCOMES = ['true', 'false']
/** Settings that only the loop may have, and not the task in it. */
const ONLY_ON_LOOPS = ['depends_on', 'run_if', 'disabled', 'run_as'] as const
const NOT_IN_LOOPS = ['condition_task', 'for_each_task'] as const

/** @throws INVALID_PARAMETER_VALUE for an outcome that no task has, and for a dependency that is listed twice */
export function checkDependencies(task: TaskSettings, tasks: readonly TaskSettings[]): void {
  const where = `tasks: '${task.task_key}': depends_on`
  const keys = new Set<string>()
  for (const { task_key, outcome } of task.depends_on ?? []) {
    if (keys.has(task_key)) throw invalid(`${where}: '${task_key}' is listed twice.`)
    keys.add(task_key)
    if (outcome === undefined) continue
    if (!tasks.find((one) => one.task_key === task_key)?.condition_task)
      throw invalid(`${where}: '${task_key}' has no outcome, because it is not a condition_task.`)
    if (!OUTCOMES.includes(outcome))
      throw invalid(`${where}: outcome '${outcome.slice(0, 100)}' of '${task_key}' is not "true" or "false".`)
  }
}

/** @throws INVALID_PARAMETER_VALUE for a key that another task has, and for settings that only the loop can have */
export function checkLoop(loop: TaskSettings, tasks: readonly TaskSettings[]): void {
  const task = loop.for_each_task!.task as TaskSettings
  const where = `tasks: '${loop.task_key}': for_each_task.task`
  const keys = tasks.flatMap((one) => [one.task_key, one.for_each_task?.task.task_key])
  if (keys.filter((key) => key === task.task_key).length > 1)
    throw invalid(`${where}: the key '${task.task_key}' is used twice.`)
  const kind = NOT_IN_LOOPS.find((name) => task[name] !== undefined)
  if (kind) throw invalid(`${where}: ${kind} is not supported in a loop.`)
  const setting = ONLY_ON_LOOPS.find((name) => task[name] !== undefined)
  if (setting) throw invalid(`${where}.${setting} is not supported; set it on '${loop.task_key}'.`)
}
