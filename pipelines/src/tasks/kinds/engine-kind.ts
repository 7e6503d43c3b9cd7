import { invalid } from '@cairn/platform/errors'
import type { TaskKindName, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { defineKind, type TaskKind } from '../../task-kinds/task-kind.js'

/** Defines a kind whose tasks the engine starts and ends without a worker. */
export const defineEngineKind = <Name extends TaskKindName>(kind: Omit<TaskKind<Name>, 'start'>) =>
  defineKind<Name>({
    ...kind,
    start() {
      throw new TypeError(`The engine decides ${kind.name}`)
    },
  } as TaskKind<Name>)

/** @throws INVALID_PARAMETER_VALUE for settings that have no effect on a task without attempts */
export function requireNoAttempts(
  { task_key, ...task }: TaskSettings,
  kind: TaskKindName,
  advice: string,
): void {
  for (const field of ['max_retries', 'min_retry_interval_millis', 'timeout_seconds'] as const)
    if (task[field]) throw invalid(`tasks: '${task_key}': ${kind} has no ${field}; ${advice}.`)
  if (task.retry_on_timeout)
    throw invalid(`tasks: '${task_key}': ${kind} has no retry_on_timeout; ${advice}.`)
}
