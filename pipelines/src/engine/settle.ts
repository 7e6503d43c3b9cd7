import type { TaskSettings } from '@cairn/platform/protocol/jobs'
import type { RunResult, TaskResult, TaskStateName } from '../schema.js'
import { dependencies, topological } from './graph.js'
import { isCancellation, isFailure, verdict } from './run-if.js'

export interface TaskStanding {
  readonly state: TaskStateName
  readonly result: TaskResult | null
}

export interface Settlement {
  /** Tasks whose time has come. */
  readonly ready: readonly string[]
  /** Tasks that end without (another) attempt. */
  readonly ended: ReadonlyMap<string, TaskResult>
  /** What the run comes to, when nothing is left to do. */
  readonly result: RunResult | undefined
}

/**
 * What follows from how the tasks of a run stand: the whole state machine between attempts, as a pure function (ADR 8).
 * `stopping` ends whatever has not started; running attempts end by themselves.
 */
export function settle(
  tasks: readonly TaskSettings[],
  standings: ReadonlyMap<string, TaskStanding>,
  stopping: 'CANCELED' | 'TIMEDOUT' | null,
): Settlement {
  const results = new Map<string, TaskResult>()
  const ready: string[] = []
  const ended = new Map<string, TaskResult>()
  for (const task of topological(tasks)) {
    const outcome = next(task, standings.get(task.task_key)!, results, stopping)
    if (outcome === 'RUN') ready.push(task.task_key)
    else if (outcome !== 'WAIT') {
      if (standings.get(task.task_key)!.state !== 'TERMINATED') ended.set(task.task_key, outcome)
      results.set(task.task_key, outcome)
    }
  }
  const done = results.size === tasks.length
  return { ready, ended, result: done ? runResult(tasks, results, stopping) : undefined }
}

function next(
  task: TaskSettings,
  { state, result }: TaskStanding,
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
  return task.disabled ? 'DISABLED' : verdict(task.run_if ?? 'ALL_SUCCESS', upstream)
}

/** A run is judged by its leaves, the tasks that nothing depends on. */
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
