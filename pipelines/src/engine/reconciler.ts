import type { Tokens } from '@cairn/platform/auth/tokens'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { Wakeup } from '../flow/wakeup.js'
import { forEachSettled } from '../runs/for-each-settled.js'
import type { RunStore } from '../runs/store.js'
import type { Attempts } from './attempts.js'

const POLL_MS = 1_000

interface ReconcilerOptions {
  readonly attempts: Attempts
  readonly runs: RunStore
  readonly tokens: Tokens
  readonly wakeup: Wakeup
  readonly log: Log
}

/**
 * Handles what no event triggers: attempts of lost workers, runs past their deadline, and runs that wait for another one
 * to end. Any number may run, because each step is conditional. The first round runs at once, so that a restart resumes.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#poll = new PollLoop({
      turn: () => this.#reconcile(),
      intervalMs: POLL_MS,
      onError: (error) => options.log.warn({ err: error }, 'cannot reconcile runs'),
    })
    this.#unsubscribe = options.wakeup.subscribe(() => this.#poll.wake())
    this.#poll.start()
  }

  close(): Promise<void> {
    this.#unsubscribe()
    return this.#poll.stop()
  }

  /** A failure of one run or step does not skip the others. */
  async #reconcile() {
    const { runs, wakeup } = this.#options
    let changed = false
    const note = (hasChanged: boolean) => {
      changed ||= hasChanged
    }
    const steps = [
      async () => note(await this.#endLost()),
      async () => note(await runs.stopOverdue()),
      () => runs.endStopped(),
      async () => note(await runs.startQueued()),
      async () => note(await runs.warnSlow()),
    ]
    try {
      await forEachSettled(steps, (step) => step())
    } finally {
      if (changed) wakeup.notify()
    }
  }

  async #endLost(): Promise<boolean> {
    const { attempts, tokens, log } = this.#options
    let changed = false
    await forEachSettled(await attempts.listLost(), async (lost) => {
      const error = 'The worker that executed this task was lost.'
      if (!(await attempts.finish(lost, lost.holder!, { outcome: 'LOST', error }))) return
      log.warn({ task_run_id: lost.task_run_id, attempt: lost.attempt }, 'attempt lost with its worker')
      const token = await attempts.tokenAndStart(lost) // It may have been issued since the attempt was listed.
      if (token?.token_id) await tokens.revoke(token.token_of!, token.token_id).catch(() => undefined) // It expires anyway.
      changed = true
    })
    return changed
  }
}
