import { invalid } from '@cairn/platform/errors'
import { compileParser } from '@cairn/platform/protocol/validate'
import type { Task } from './task.js'

/** The task implementations that this process knows. */
export class TaskRegistry {
  readonly #tasks = new Map<string, { task: Task; parse: (value: unknown) => unknown }>()

  constructor(tasks: readonly Task[]) {
    for (const task of tasks) {
      if (this.#tasks.has(task.entry)) throw new TypeError(`Two tasks are registered as '${task.entry}'`)
      this.#tasks.set(task.entry, { task, parse: compileParser(task.parameters) })
    }
  }

  /** @throws INVALID_PARAMETER_VALUE listing what there is */
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
    throw invalid(`No task is registered as '${entry}'. Registered are: ${known}.`)
  }
}
