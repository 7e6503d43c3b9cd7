import { invalid } from '@cairn/platform/errors'
import { compileParser } from '@cairn/platform/protocol/validate'
import type { Task } from '../../task-kinds/task.js'

/** The tasks that ship with the server, by their `entry`. */
export class Entries {
  readonly #tasks = new Map<string, { task: Task; parse: (value: unknown) => unknown }>()

  constructor(tasks: readonly Task[]) {
    for (const task of tasks) {
      if (this.#tasks.has(task.entry)) throw new TypeError(`The task '${task.entry}' is registered twice`)
      this.#tasks.set(task.entry, { task, parse: compileParser(task.parameters) })
    }
  }

  /** @throws INVALID_PARAMETER_VALUE listing the registered tasks */
  get(entry: string): Task {
    return this.#find(entry).task
  }

  /** @throws INVALID_PARAMETER_VALUE naming the parameter */
  parse(entry: string, parameters: unknown): unknown {
    return this.#find(entry).parse(parameters)
  }

  #find(entry: string) {
    const found = this.#tasks.get(entry)
    if (found) return found
    const known = [...this.#tasks.keys()].join(', ')
    throw invalid(`Unknown task '${entry}'; registered: ${known}.`)
  }
}
