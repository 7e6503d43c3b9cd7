import type { Outcome } from '../schema.js'

export type StopReason = Extract<Outcome, 'CANCELED' | 'TIMEDOUT' | 'INTERRUPTED' | 'LOST'>

const WORDS: Record<StopReason, string> = {
  CANCELED: 'The run was canceled.',
  TIMEDOUT: 'The task took longer than it may.',
  INTERRUPTED: 'The worker is closing; the task is continued by another.',
  LOST: 'The lease on the task was lost; another worker may have it.',
}

/** Why a task's signal fired. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly reason: StopReason

  constructor(reason: StopReason) {
    super(WORDS[reason])
    this.reason = reason
  }
}
