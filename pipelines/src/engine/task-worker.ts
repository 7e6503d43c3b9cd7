import { setTimeout as sleep } from 'node:timers/promises'
import type { Jobs } from '@cairn/platform/jobs/jobs'
import { newHolderId } from '@cairn/platform/jobs/process-id'
import type { AttemptEnd, AttemptKey, Claimed } from './attempts.js'
import { LEASE_MS } from './attempts.js'
import type { Bell } from './bell.js'
import { type Execution, execute } from './execute.js'
import { ExecuteTask } from './execute-task.js'
import { Periodic } from './periodic.js'
import { Stopped } from './stopped.js'

export interface WorkerOptions extends Execution {
  readonly jobs: Jobs
  readonly bell: Bell
  /** Tasks at once. Default 2. */
  readonly concurrency?: number
}

const WATCH_MS = 300
const RENEW_MS = LEASE_MS / 5

/** Takes attempts from the queue and executes them; renews their leases and passes on that they are to stop. */
export class TaskWorker {
  readonly #options: WorkerOptions
  readonly #holder = newHolderId()
  readonly #running = new Map<string, AbortController>()
  readonly #watch: Periodic
  readonly #renewal: Periodic
  readonly #stopListening: () => void
  readonly #consumer: { close(): Promise<void> }
  #renewedAt = Date.now()
  #closing = false

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#watch = new Periodic(() => this.#passOnStops(), WATCH_MS, options.log)
    this.#renewal = new Periodic(() => this.#renew(), RENEW_MS, options.log)
    this.#watch.now()
    this.#renewal.now()
    this.#stopListening = options.bell.listen(() => this.#watch.now())
    const { concurrency = 2 } = options
    this.#consumer = options.jobs.work(ExecuteTask, ({ payload }) => this.#attempt(payload), { concurrency })
  }

  /** Tells the tasks to stop and hands them back to be continued by whoever is next. */
  async close(): Promise<void> {
    this.#closing = true
    this.#stopListening()
    for (const stop of this.#running.values()) stop.abort(new Stopped('INTERRUPTED'))
    await this.#consumer.close()
    await Promise.all([this.#watch.close(), this.#renewal.close()])
  }

  async #attempt(key: AttemptKey) {
    if (this.#closing) throw new Stopped('INTERRUPTED')
    const { attempts, bell } = this.#options
    const claimed = await attempts.claim(key, this.#holder)
    if (!claimed) return
    const stop = new AbortController()
    const name = `${key.task_run_id}-${key.attempt}`
    this.#running.set(name, stop)
    if (this.#closing) stop.abort(new Stopped('INTERRUPTED'))
    try {
      await this.#record(key, await this.#execute(claimed, stop))
    } finally {
      this.#running.delete(name)
      bell.ring()
    }
  }

  async #execute(claimed: Claimed, stop: AbortController): Promise<AttemptEnd> {
    try {
      return await execute(claimed, this.#options, stop)
    } catch (error) {
      this.#options.log.error(
        { task_run_id: claimed.task.task_run_id, err: error },
        'an attempt could not be executed',
      )
      return { outcome: 'LOST', error: 'The worker could not execute the task.' }
    }
  }

  /** Tries for as long as the lease holds; after that the attempt is another's. */
  async #record(key: AttemptKey, end: AttemptEnd) {
    for (const deadline = Date.now() + LEASE_MS; ; await sleep(500)) {
      try {
        const recorded = await this.#options.attempts.finish(key, this.#holder, end)
        if (!recorded)
          this.#options.log.warn({ ...key }, 'an attempt ended after another worker had taken it')
        return
      } catch (error) {
        this.#options.log.warn({ ...key, err: error }, 'the end of an attempt could not be stored')
        if (Date.now() > deadline) return
      }
    }
  }

  async #passOnStops() {
    if (this.#running.size === 0) return
    const names = [...this.#running.keys()] // before the question: one that starts meanwhile is not lost
    const held = await this.#options.attempts.heldBy(this.#holder)
    const standing = new Map(held.map((row) => [`${row.task_run_id}-${row.attempt}`, row.stopping]))
    for (const name of names) {
      const stop = this.#running.get(name)
      if (!standing.has(name)) stop?.abort(new Stopped('LOST'))
      else if (standing.get(name)) stop?.abort(new Stopped('CANCELED'))
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
        for (const stop of this.#running.values()) stop.abort(new Stopped('LOST'))
      throw error
    }
  }
}
