import type { Tokens } from '@cairn/platform/auth/tokens'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { RunStore } from '../runs/store.js'
import type { Attempts } from './attempts.js'
import type { Bell } from './bell.js'
import { Periodic } from './periodic.js'

const POLL_MS = 1_000

interface Options {
  readonly attempts: Attempts
  readonly runs: RunStore
  readonly tokens: Tokens
  readonly bell: Bell
  readonly log: Log
}

/**
 * Puts right what no single event does: attempts of lost workers, runs past their time, runs that wait for another to
 * end. Any number may run; each step is conditional. The first round is at once, so that a restart resumes at once.
 */
export class Reconciler {
  readonly #options: Options
  readonly #rounds: Periodic
  readonly #stopListening: () => void

  constructor(options: Options) {
    this.#options = options
    this.#rounds = new Periodic(() => this.#reconcile(), POLL_MS, options.log)
    this.#stopListening = options.bell.listen(() => this.#rounds.now())
    this.#rounds.now()
  }

  close(): Promise<void> {
    this.#stopListening()
    return this.#rounds.close()
  }

  async #reconcile() {
    const { attempts, runs, tokens, bell, log } = this.#options
    let changed = false
    for (const lost of await attempts.lost()) {
      const error = 'The worker that executed this task was lost.'
      if (!(await attempts.finish(lost, lost.holder!, { outcome: 'LOST', error }))) continue
      log.warn(
        { task_run_id: lost.task_run_id, attempt: lost.attempt },
        'an attempt was lost with its worker',
      )
      if (lost.token_id) await tokens.revoke(lost.token_of!, lost.token_id).catch(() => undefined) // it expires
      changed = true
    }
    if (await runs.stopOverdue()) changed = true
    if (await runs.startQueued()) changed = true
    if (changed) bell.ring()
  }
}
