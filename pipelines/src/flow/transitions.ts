import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { RunResult, TaskResult, TaskStateName } from '../schema.js'
import { dependencies, topologicalOrder } from './graph.js'
import { evaluateRunIf, isCancellation, isFailure } from './run-if.js'

export interface TaskState {
  readonly state: TaskStateName
  readonly result: TaskResult | null
  /** The decision of a condition task. */
  readonly outcome?: string | null
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
export function nextTransitions(
  tasks: readonly TaskSettings[],
  states: ReadonlyMap<string, TaskState>,
  stopping: 'CANCELED' | 'TIMEDOUT' | null,
): Transitions {
  const results = new Map<string, TaskResult>()
  const ready: string[] = []
  const ended = new Map<string, TaskResult>()
  for (const task of topologicalOrder(tasks)) {
    const outcome = next(task, states, results, stopping)
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
  states: ReadonlyMap<string, TaskState>,
  results: ReadonlyMap<string, TaskResult>,
  stopping: TaskResult | null,
): TaskResult | 'RUN' | 'WAIT' {
  const { state, result } = states.get(task.task_key)!
  if (state === 'TERMINATED') return result!
  if (state === 'RUNNING') return 'WAIT'
  if (stopping) return stopping
  return state === 'BLOCKED' ? unblock(task, states, results) : 'WAIT'
}

function unblock(
  task: TaskSettings,
  states: ReadonlyMap<string, TaskState>,
  results: ReadonlyMap<string, TaskResult>,
) {
  const upstream = dependencies(task).map((key) => results.get(key))
  if (!upstream.every((result) => result !== undefined)) return 'WAIT'
  if (task.disabled) return 'DISABLED'
  const missed = missedBranch(task, states)
  if (missed === 'other outcome') return 'EXCLUDED'
  const result = evaluateRunIf(task.run_if ?? 'ALL_SUCCESS', upstream)
  return result === 'RUN' && missed ? 'EXCLUDED' : result
}

/** Returns whether a condition that the task depends on had another outcome, or none because it failed or did not run. */
function missedBranch({ depends_on = [] }: TaskSettings, states: ReadonlyMap<string, TaskState>) {
  const missed = depends_on
    .filter(({ outcome }) => outcome !== undefined)
    .map(({ task_key, outcome }) => ({ wanted: outcome, decided: states.get(task_key)!.outcome ?? null }))
    .filter(({ wanted, decided }) => decided !== wanted)
  if (missed.length === 0) return undefined
  return missed.some(({ decided }) => decided !== null) ? 'other outcome' : 'no outcome'
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
