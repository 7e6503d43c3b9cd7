import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { STOP_MESSAGES } from '../flow/stop-message.js'
import type { AttemptOutcome, JobRunRow, TaskResult, TaskRunRow } from '../schema.js'

/** Maximum number of attempts lost with their worker. It is high because the worker is usually the cause, but the task may crash it. */
export const MAX_LOSSES = 50

export interface Counters {
  readonly failures: number
  readonly losses: number
}

export type NextStep = Counters & ({ readonly retryInMs: number } | { readonly result: TaskResult })

/** Decides whether an attempt is retried. An interrupted one, whose worker was closed, does not count. */
export function afterAttempt(
  outcome: AttemptOutcome,
  task: TaskSettings,
  { failures, losses }: Counters,
): NextStep {
  switch (outcome) {
    case 'SUCCESS':
    case 'CANCELED':
      return { failures, losses, result: outcome }
    case 'INTERRUPTED':
      return { failures, losses, retryInMs: 0 }
    case 'LOST':
      return losses >= MAX_LOSSES
        ? { failures, losses: losses + 1, result: 'FAILED' }
        : { failures, losses: losses + 1, retryInMs: 0 }
    case 'TIMEDOUT':
      if (!task.retry_on_timeout) return { failures: failures + 1, losses, result: outcome }
      break
    case 'FAILED':
      break
  }
  const allowed = task.max_retries === -1 ? Number.POSITIVE_INFINITY : (task.max_retries ?? 0)
  return failures < allowed
    ? { failures: failures + 1, losses, retryInMs: task.min_retry_interval_millis ?? 0 }
    : { failures: failures + 1, losses, result: outcome }
}

/** The status of the MLflow runs that the code of an attempt left unfinished; null for a success, whose runs others may continue. */
export function unfinishedRunsEndAs(outcome: AttemptOutcome): 'FAILED' | 'KILLED' | null {
  if (outcome === 'SUCCESS') return null
  return outcome === 'FAILED' ? 'FAILED' : 'KILLED'
}

/** The message of a stopped task. Workers do not know why a run is stopped. */
export function stopMessage(
  run: Pick<JobRunRow, 'stopping'>,
  task: Pick<TaskRunRow, 'stopping' | 'message'>,
  error = '',
): string {
  if (run.stopping) return STOP_MESSAGES[run.stopping]
  return task.stopping ? task.message : error
}
