import { ApiError } from '@cairn/platform/errors'
import { toStorableText } from '../flow/storable-text.js'
import { StoppedError, type StopReason } from '../task-kinds/stopped-error.js'
import type { TaskLogger } from '../task-kinds/task.js'
import { TaskFailure } from '../task-kinds/task-failure.js'
import type { AttemptResult } from './attempts.js'

/** Logs `error`, and returns the result of the attempt that threw it. The reason of an aborted signal is the outcome. */
export function resultOfError(error: unknown, signal: AbortSignal, log: TaskLogger): AttemptResult {
  const end = failedResult(error, signal)
  log.error(error instanceof TaskFailure ? end.error! : (end.trace ?? end.error!))
  return end
}

function failedResult(error: unknown, signal: AbortSignal): AttemptResult {
  if (signal.aborted) {
    const reason: StopReason = signal.reason instanceof StoppedError ? signal.reason.reason : 'INTERRUPTED'
    return { outcome: reason, error: (signal.reason as Error).message }
  }
  if (error instanceof TaskFailure)
    return { outcome: 'FAILED', error: toStorableText(error.message), trace: toStorableText(error.output) }
  if (!(error instanceof Error)) return { outcome: 'FAILED', error: toStorableText(String(error)) }
  // The message of an ApiError is complete without a stack trace.
  return {
    outcome: 'FAILED',
    error: toStorableText(error.message),
    ...(!(error instanceof ApiError) && error.stack && { trace: toStorableText(error.stack) }),
  }
}
