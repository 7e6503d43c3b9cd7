import type { TaskSettings } from '@cairn/platform/protocol/jobs'
import type { Outcome, TaskResult } from '../schema.js'

/** Attempts that may be lost with their worker: high, because the task is not to blame; not endless, because it may be. */
export const MAX_LOSSES = 50

export interface Counters {
  readonly failures: number
  readonly losses: number
}

export type Next = Counters & ({ readonly retryInMs: number } | { readonly result: TaskResult })

/** What follows an attempt. An interrupted one (its worker was told to close) costs nothing. */
export function afterAttempt(outcome: Outcome, task: TaskSettings, { failures, losses }: Counters): Next {
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
