import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskKindName, TaskKinds, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { StoppedError } from './stopped-error.js'
import type { AttemptContext, TaskValues } from './task.js'

/** A task whose job is being saved. */
export interface CheckedTask {
  readonly job: JobSettings
  readonly task: TaskSettings
  /** The beginning of messages, such as `tasks: 'prepare': spark_python_task`. */
  readonly where: string
}

/** An attempt that has started. Its output goes to the log of its context. */
export interface TaskHandle {
  /** The values of the task, once. @throws the failure of the task */
  wait(): Promise<TaskValues>
  /** Asks the task to end; `wait` settles then. Called at most once. */
  cancel(reason: StoppedError): void
}

/**
 * How tasks with the field `name` in their settings are checked and executed. The schema of the field is in
 * `platform/src/protocol/databricks/task-kinds.ts`.
 */
export interface TaskKind<Name extends TaskKindName = TaskKindName> {
  readonly name: Name
  /** Fields in which `{{…}}` is text, such as code, and not a reference. */
  readonly literal?: readonly string[]
  /** True if a string that is one reference becomes a value with its type. Otherwise it becomes text. */
  readonly keepsTypes?: true
  /**
   * The files that a task runs, for the digest of its inputs; undefined for settings whose tasks have effects besides their
   * values, and cannot have a cache. Kinds without it have none.
   */
  code?(settings: TaskKinds[Name]): readonly string[] | undefined
  /** Its processes are Python: `environment_key` and `libraries` have an effect. */
  readonly usesPython?: true
  /** @throws INVALID_PARAMETER_VALUE naming the field, for settings that can never run */
  check(settings: TaskKinds[Name], checked: CheckedTask): void
  /** @param settings with the values of references */
  start(settings: TaskKinds[Name], context: AttemptContext): TaskHandle
}

export const defineKind = <Name extends TaskKindName>(kind: TaskKind<Name>): TaskKind<Name> => kind

/** A handle of work in this process that ends by the signal of its context. */
export const handleOf = (work: Promise<TaskValues>): TaskHandle => ({
  wait: () => work,
  cancel: () => undefined,
})
