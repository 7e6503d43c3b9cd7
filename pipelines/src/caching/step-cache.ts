import { messageOf } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { Semaphore } from '@cairn/platform/processes/semaphore'
import type { RunCaching } from '@cairn/platform/protocol/databricks/run-overrides'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type AttemptKey, type Attempts, CHECKING } from '../engine/attempts.js'
import { TaskLog } from '../engine/task-log.js'
import { settingsOf } from '../flow/run-rows.js'
import type { Wakeup } from '../flow/wakeup.js'
import type { PipelinesSchema } from '../schema.js'
import { CachedResults } from './cached-results.js'
import type { InputDigests } from './input-digests.js'

interface StepCacheOptions {
  readonly context: ServiceContext
  readonly attempts: Attempts
  readonly digests: InputDigests
  readonly wakeup: Wakeup
  readonly log: Log
}

const POLL_MS = 1_000
const AT_ONCE = 4

/**
 * Decides for attempts of tasks with a cache whether they take over an earlier result or are queued. Any number of processes may do
 * so, since each end is conditional. A task whose inputs cannot be read is queued, and reports the error itself.
 */
export class StepCache {
  readonly #options: StepCacheOptions
  readonly #results: CachedResults
  readonly #permits = new Semaphore(AT_ONCE)
  /** By the name of the attempt: a slow check does not delay others. */
  readonly #checks = new Map<string, Promise<void>>()
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void

  constructor(options: StepCacheOptions) {
    const { context, wakeup, log } = options
    this.#options = options
    this.#results = new CachedResults(context.db.for<PipelinesSchema>(), context.now)
    this.#poll = new PollLoop({
      turn: () => this.#checkAll(),
      intervalMs: POLL_MS,
      onError: (error) => log.warn({ err: error }, 'cannot check the caches of tasks'),
    })
    this.#unsubscribe = wakeup.subscribe(() => this.#poll.wake())
  }

  start(): void {
    this.#poll.start()
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#poll.stop()
    await Promise.all(this.#checks.values())
  }

  async #checkAll() {
    for (const key of await this.#results.listChecking()) {
      const name = `${key.task_run_id}/${key.attempt}`
      if (this.#checks.has(name)) continue
      const check = this.#permits.run(() => this.#check(key)).catch((error) => this.#report(error))
      this.#checks.set(
        name,
        check.finally(() => this.#checks.delete(name)),
      )
    }
  }

  #report(error: unknown) {
    this.#options.log.warn({ err: error }, 'cannot check the cache of a task')
  }

  async #check(attempt: AttemptKey): Promise<void> {
    await this.#decide(attempt)
    this.#options.wakeup.notify()
  }

  async #decide(attempt: AttemptKey): Promise<void> {
    const { attempts, digests } = this.#options
    const claimed = await attempts.read(attempt)
    const { run, task } = claimed
    const caching = JSON.parse(run.caching ?? '{}') as RunCaching
    if (caching.no_cache) return this.#results.release(attempt, undefined)
    const key = await digests.keyOf(claimed).catch((error) => this.#explain(attempt, error))
    // The repair of a succeeded task runs it again.
    const isFresh = caching.refresh?.includes(task.task_key) || task.previous_id !== null
    const { expires_after_seconds } = settingsOf(run, task).cache!
    const found = key && !isFresh ? await this.#results.find(key, expires_after_seconds) : undefined
    if (!found) return this.#results.release(attempt, key)
    const { outputs, kind_output, run_id, task_run_id } = found
    await attempts.finish(attempt, CHECKING, {
      ...{ outcome: 'SUCCESS', origin: { run_id, task_run_id } },
      ...(outputs !== null && { outputs }),
      ...(kind_output !== null && { kindOutput: kind_output }),
    })
  }

  async #explain(attempt: AttemptKey, error: unknown): Promise<undefined> {
    const { context, log } = this.#options
    const lines = await TaskLog.open(context.db.for<PipelinesSchema>(), attempt, log)
    lines.warn(`The task runs without its cache: ${messageOf(error)}`)
    await lines.flush()
  }
}
