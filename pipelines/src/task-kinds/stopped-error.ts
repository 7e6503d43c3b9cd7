import type { AttemptOutcome } from '../schema.js'

export type StopReason = Extract<AttemptOutcome, 'CANCELED' | 'TIMEDOUT' | 'INTERRUPTED' | 'LOST'>

const MESSAGES: Record<StopReason, string> = {
  CANCELED: 'The run was canceled.',
  TIMEDOUT: 'The task exceeded its timeout.',
  INTERRUPTED: 'The worker is closing; another one will continue the task.',
  LOST: 'The lease of the task expired; another worker may have taken it over.',
}

/** The abort reason of a task's signal. */
export class StoppedError extends Error {
  override readonly name = 'Stopped'
  readonly reason: StopReason

  constructor(reason: StopReason) {
    super(MESSAGES[reason])
    this.reason = reason
  }
}
