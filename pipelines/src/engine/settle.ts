import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import type { RunResult, TaskResult, TaskStateName } from '../schema.js'
import { dependencies, topologicalOrder } from './graph.js'
import { evaluateRunIf, isCancellation, isFailure } from './run-if.js'

export interface TaskState {
  readonly state: TaskStateName
  readonly result: TaskResult | null
}

export interface Transitions {
  /** Tasks to start. */
  readonly ready: readonly string[]
  /** Tasks that end without another attempt. */
  readonly ended: ReadonlyMap<string, TaskResult>
  /** The result of the run, after all of its tasks have ended. */
  readonly result: RunResult | undefined
}

/**
 * Decides the next transitions of a run from the states of its tasks: the state machine between attempts, as a pure
 * function (ADR 8). `stopping` ends tasks that have not started; running attempts end by themselves.
 */
export function settle(
  tasks: readonly TaskSettings[],
  states: ReadonlyMap<string, TaskState>,
  stopping: 'CANCELED' | 'TIMEDOUT' | null,
): Transitions {
  const results = new Map<string, TaskResult>()
  const ready: string[] = []
  const ended = new Map<string, TaskResult>()
  for (const task of topologicalOrder(tasks)) {
    const outcome = next(task, states.get(task.task_key)!, results, stopping)
    if (outcome === 'RUN') ready.push(task.task_key)
    else if (outcome !== 'WAIT') {
      if (states.get(task.task_key)!.state !== 'TERMINATED') ended.set(task.task_key, outcome)
      results.set(task.task_key, outcome)
    }
  }
  const done = results.size === tasks.length
  return { ready, ended, result: done ? runResult(tasks, results, stopping) : undefined }
}

function next(
  task: TaskSettings,
  { state, result }: TaskState,
  results: ReadonlyMap<string, TaskResult>,
  stopping: TaskResult | null,
): TaskResult | 'RUN' | 'WAIT' {
  if (state === 'TERMINATED') return result!
  if (state === 'RUNNING') return 'WAIT'
  if (stopping) return stopping
  return state === 'BLOCKED' ? unblock(task, results) : 'WAIT'
}

function unblock(task: TaskSettings, results: ReadonlyMap<string, TaskResult>) {
  const upstream = dependencies(task).map((key) => results.get(key))
  if (!upstream.every((result) => result !== undefined)) return 'WAIT'
  return task.disabled ? 'DISABLED' : evaluateRunIf(task.run_if ?? 'ALL_SUCCESS', upstream)
}

/** As in Databricks, the leaves decide: the tasks that no other task depends on. */
function runResult(
  tasks: readonly TaskSettings[],
  results: ReadonlyMap<string, TaskResult>,
  stopping: 'CANCELED' | 'TIMEDOUT' | null,
): RunResult {
  const all = [...results.values()]
  if (stopping && all.includes(stopping)) return stopping
  const inner = new Set(tasks.flatMap(dependencies))
  const failed = tasks
    .filter((task) => !inner.has(task.task_key))
    .map((task) => results.get(task.task_key)!)
    .filter(isFailure)
  if (failed.length === 0) return all.some(isFailure) ? 'SUCCESS_WITH_FAILURES' : 'SUCCESS'
  return failed.every(isCancellation) ? 'CANCELED' : 'FAILED'
}
