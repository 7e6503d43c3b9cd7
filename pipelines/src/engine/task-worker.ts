import { setTimeout as sleep } from 'node:timers/promises'
import type { Jobs } from '@cairn/platform/jobs/jobs'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { newProcessId } from '@cairn/platform/processes/process-id'
import type { AcceptedPlacement } from '../flow/placement.js'
import type { Wakeup } from '../flow/wakeup.js'
import { StoppedError } from '../task-kinds/stopped-error.js'
import type { AttemptKey, AttemptResult, ClaimedAttempt } from './attempts.js'
import { LEASE_MS } from './attempts.js'
import { type ExecutionOptions, execute } from './execute.js'
import { ExecuteTask } from './execute-task.js'

export interface WorkerOptions extends ExecutionOptions {
  readonly jobs: Jobs
  readonly wakeup: Wakeup
  readonly placements: readonly AcceptedPlacement[]
  /** Number of concurrent tasks. Default 2. */
  readonly concurrency?: number
}

const WATCH_MS = 300
const RENEW_MS = LEASE_MS / 5

/** Executes attempts from the queue, renews their leases, and aborts them when their run is stopped. */
export class TaskWorker {
  readonly #options: WorkerOptions
  readonly #holder = newProcessId()
  readonly #running = new Map<string, AbortController>()
  readonly #watch: PollLoop
  readonly #renewal: PollLoop
  readonly #unsubscribe: () => void
  readonly #consumer: { close(): Promise<void> }
  #renewedAt = Date.now()
  #closing = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#watch = new PollLoop({
      turn: () => this.#abortStopped(),
      intervalMs: WATCH_MS,
      onError: (error) => options.log.warn({ err: error }, 'cannot read which tasks to stop'),
    })
    this.#renewal = new PollLoop({
      turn: () => this.#renew(),
      intervalMs: RENEW_MS,
      maxIntervalMs: RENEW_MS, // backing off would let the leases expire
      onError: (error) => options.log.warn({ err: error }, 'cannot renew the leases of tasks'),
    })
    this.#watch.start()
    this.#renewal.start()
    this.#unsubscribe = options.wakeup.subscribe(() => this.#watch.wake())
    const { concurrency = 2 } = options
    this.#consumer = options.jobs.work(ExecuteTask, ({ payload }) => this.#attempt(payload), { concurrency })
  }

  /** Interrupts the running tasks and returns them to the queue. */
  async close(): Promise<void> {
    this.#closing = true
    this.#unsubscribe()
    for (const stop of this.#running.values()) stop.abort(new StoppedError('INTERRUPTED'))
    await this.#consumer.close()
    await Promise.all([this.#watch.stop(), this.#renewal.stop()])
  }

  async #attempt(key: AttemptKey) {
    if (this.#closing) throw new StoppedError('INTERRUPTED')
    const { attempts, wakeup, placements } = this.#options
    const claimed = await attempts.claim(key, this.#holder, placements)
    if (!claimed) return attempts.release(key, placements)
    const stop = new AbortController()
    const name = `${key.task_run_id}-${key.attempt}`
    this.#running.set(name, stop)
    if (this.#closing) stop.abort(new StoppedError('INTERRUPTED'))
    try {
      await this.#record(key, await this.#execute(claimed, stop))
    } finally {
      this.#running.delete(name)
      wakeup.notify()
    }
  }

  async #execute(claimed: ClaimedAttempt, stop: AbortController): Promise<AttemptResult> {
    try {
      return await execute(claimed, this.#options, stop)
    } catch (error) {
      this.#options.log.error(
        { task_run_id: claimed.task.task_run_id, err: error },
        'cannot execute an attempt',
      )
      return { outcome: 'LOST', error: 'The worker could not execute the task.' }
    }
  }

  /** Retries until the lease expires; then another worker may have the attempt. */
  async #record(key: AttemptKey, end: AttemptResult) {
    for (const deadline = Date.now() + LEASE_MS; ; await sleep(500)) {
      try {
        const recorded = await this.#options.attempts.finish(key, this.#holder, end)
        if (!recorded)
          this.#options.log.warn({ ...key }, 'attempt ended after another worker had taken it over')
        return
      } catch (error) {
        this.#options.log.warn({ ...key, err: error }, 'cannot store the end of an attempt')
        if (Date.now() > deadline) return
      }
    }
  }

  async #abortStopped() {
    if (this.#running.size === 0) return
    // Listed before the query: an attempt that starts during the query is not lost.
    const names = [...this.#running.keys()]
    const held = await this.#options.attempts.listHeldBy(this.#holder)
    const stopReasons = new Map(held.map((row) => [`${row.task_run_id}-${row.attempt}`, row.stopping]))
    for (const name of names) {
      const stop = this.#running.get(name)
      if (!stopReasons.has(name)) stop?.abort(new StoppedError('LOST'))
      else if (stopReasons.get(name)) stop?.abort(new StoppedError('CANCELED'))
    }
  }

  async #renew() {
    if (this.#running.size === 0) {
      this.#renewedAt = Date.now()
      return
    }
    const at = Date.now()
    try {
      await this.#options.attempts.renew(this.#holder)
      this.#renewedAt = at
    } catch (error) {
      if (Date.now() - this.#renewedAt > LEASE_MS)
        for (const stop of this.#running.values()) stop.abort(new StoppedError('LOST'))
      throw error
    }
  }
}
