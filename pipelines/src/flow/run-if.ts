import type { RunIf } from '@cairn/platform/protocol/databricks/task-settings'
import type { TaskResult } from '../schema.js'

type RunIfResult = 'RUN' | TaskResult

const FAILED = new Set<TaskResult>(['FAILED', 'TIMEDOUT', 'CANCELED', 'UPSTREAM_FAILED', 'UPSTREAM_CANCELED'])
const CANCELED = new Set<TaskResult>(['CANCELED', 'UPSTREAM_CANCELED'])
const SKIPPED = new Set<TaskResult>(['EXCLUDED', 'DISABLED'])

export const isFailure = (result: TaskResult) => FAILED.has(result)
export const isCancellation = (result: TaskResult) => CANCELED.has(result)

const CONDITIONS: Record<RunIf, (failed: number, total: number) => boolean> = {
  ALL_SUCCESS: (failed) => failed === 0,
  ALL_DONE: () => true,
  NONE_FAILED: (failed) => failed === 0,
  AT_LEAST_ONE_SUCCESS: (failed, total) => failed < total,
  ALL_FAILED: (failed, total) => failed === total,
  AT_LEAST_ONE_FAILED: (failed) => failed > 0,
}

/**
 * Decides whether a task runs, after all of its dependencies have ended. As in Databricks, an excluded task counts as
 * successful, a task whose dependencies are all excluded is excluded, and so is a failure handler without a failure.
 */
export function evaluateRunIf(runIf: RunIf, upstream: readonly TaskResult[]): RunIfResult {
  if (upstream.length === 0) return 'RUN'
  if (upstream.every((result) => SKIPPED.has(result))) return 'EXCLUDED'
  const failures = upstream.filter(isFailure)
  if (CONDITIONS[runIf](failures.length, upstream.length)) return 'RUN'
  if (runIf === 'ALL_FAILED' || runIf === 'AT_LEAST_ONE_FAILED') return 'EXCLUDED'
  return failures.every(isCancellation) ? 'UPSTREAM_CANCELED' : 'UPSTREAM_FAILED'
}
