import { invalid } from '@cairn/platform/errors'
import {
  kindsOf,
  type TaskKindName,
  type TaskKinds,
  type TaskSettings,
} from '@cairn/platform/protocol/databricks/task-settings'
import type { TaskKind } from './task-kind.js'

/** A task as a value of its kind. */
export interface KindOfTask {
  readonly kind: TaskKind
  readonly settings: TaskKinds[TaskKindName]
}

/** The kinds of tasks that this process checks and executes. */
export class TaskRegistry {
  readonly #kinds: ReadonlyMap<TaskKindName, TaskKind>

  constructor(kinds: readonly TaskKind[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
  }

  find(name: TaskKindName): TaskKind | undefined {
    return this.#kinds.get(name)
  }

  /** @throws INVALID_PARAMETER_VALUE naming the task, when it has no kind, several, or one that this server cannot execute */
  get(task: TaskSettings): KindOfTask {
    const [name, another] = kindsOf(task)
    const { task_key } = task
    if (name === undefined)
      throw invalid(`tasks: '${task_key}' needs one of ${[...this.#kinds.keys()].join(', ')}.`)
    if (another !== undefined)
      throw invalid(`tasks: '${task_key}' has ${name} and ${another}; a task is of one kind.`)
    const kind = this.#kinds.get(name)
    if (!kind)
      throw invalid(
        `tasks: '${task_key}': ${name} is not supported; supported: ${[...this.#kinds.keys()].join(', ')}.`,
      )
    return { kind, settings: task[name]! }
  }
}
