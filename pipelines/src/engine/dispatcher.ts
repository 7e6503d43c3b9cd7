import { randomBytes } from 'node:crypto'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { Jobs } from '@cairn/platform/jobs/jobs'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { AcceptedPlacement } from '../flow/placement.js'
import type { Wakeup } from '../flow/wakeup.js'
import type { Attempts } from './attempts.js'
import { ExecuteTask } from './execute-task.js'

const BATCH = 100
const POLL_MS = 500

interface DispatcherOptions {
  readonly attempts: Attempts
  readonly jobs: Jobs
  readonly wakeup: Wakeup
  readonly log: Log
  readonly now: () => number
  /** The placements whose attempts it enqueues: those of its process, so that no message waits forever. */
  readonly placements: readonly AcceptedPlacement[]
}

/**
 * Enqueues queued attempts at least once; a second claim of an attempt fails. Attempts of a dead dispatcher are enqueued again
 * under a new message id, because the queue may still hold the message that the dead process took.
 */
export class Dispatcher {
  readonly #id = randomBytes(4).toString('hex')
  readonly #since: number
  readonly #attempts: Attempts
  readonly #jobs: Jobs
  readonly #placements: readonly AcceptedPlacement[]
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void

  constructor({ attempts, jobs, wakeup, log, now, placements }: DispatcherOptions) {
    this.#since = now()
    this.#attempts = attempts
    this.#jobs = jobs
    this.#placements = placements
    this.#poll = new PollLoop({
      turn: () => this.#dispatch(),
      intervalMs: POLL_MS,
      onError: (error) => log.warn({ err: error }, 'cannot dispatch attempts'),
    })
    this.#unsubscribe = wakeup.subscribe(() => this.#poll.wake())
    this.#poll.start()
  }

  close(): Promise<void> {
    this.#unsubscribe()
    return this.#poll.stop()
  }

  async #dispatch() {
    for (let more = true; more; ) {
      const batch = await this.#attempts.listUndispatched(BATCH, this.#since, this.#placements)
      for (const { task_run_id, attempt } of batch) {
        const id = `${task_run_id}-${attempt}-${this.#id}`
        // A retry keeps its place before tasks that were queued later.
        await this.#jobs.add(ExecuteTask, { task_run_id, attempt }, { id, first: attempt > 1 })
        await this.#attempts.markDispatched({ task_run_id, attempt })
      }
      more = batch.length === BATCH
    }
  }
}
