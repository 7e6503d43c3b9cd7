import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { AssignedAttempt } from '@cairn/platform/protocol/cairn/workers'
import { type AssignOptions, assign } from '../engine/assignment.js'
import { resultOfError } from '../engine/attempt-result.js'
import type { AttemptKey, AttemptResult, ClaimedAttempt } from '../engine/attempts.js'
import { TaskLog } from '../engine/task-log.js'
import type { Wakeup } from '../flow/wakeup.js'
import type { PipelinesSchema, TaskWorkerRow } from '../schema.js'
import { WORKER_PLACEMENTS } from '../worker-placements.js'
import { toWire } from './assigned-attempt.js'
import { leaseHolderOf } from './store.js'
import { REMOTE_LEASE_MS, type WorkerAttempts } from './worker-attempts.js'

interface ClaimsOptions extends AssignOptions {
  readonly db: Db<PipelinesSchema>
  readonly workerAttempts: WorkerAttempts
  readonly wakeup: Wakeup
  readonly log: Log
}

export interface ClaimWait {
  readonly waitMs: number
  /** Aborts when the worker stops waiting. */
  readonly signal: AbortSignal
  /** Authorizes the worker again, because its token may be revoked while it waits. */
  readonly admit: () => Promise<TaskWorkerRow>
}

const POLL_MS = 1_000

/** Assigns queued attempts to waiting workers over HTTP. */
export class Claims {
  readonly #options: ClaimsOptions
  readonly #closing = new AbortController()

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /** Ends all waits. */
  close(): void {
    this.#closing.abort()
  }

  /**
   * The next attempt for a worker, with its token.
   *
   * @returns undefined when none came within `waitMs`
   * @throws the errors of `admit`
   */
  async next({ waitMs, signal, admit }: ClaimWait): Promise<AssignedAttempt | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal])
    const deadline = performance.now() + waitMs
    while (!stop.aborted) {
      const worker = await admit()
      const assigned = await this.#claim(worker)
      if (assigned === 'none') {
        const left = deadline - performance.now()
        if (left <= 0) return undefined
        await this.#untilWork(Math.min(left, POLL_MS), stop)
      } else if (assigned && signal.aborted) await this.#release(assigned, worker)
      else if (assigned) return assigned
    }
    return undefined
  }

  /** @returns undefined for an attempt that another worker claimed or that cannot run; the caller tries the next one */
  async #claim(worker: TaskWorkerRow): Promise<AssignedAttempt | 'none' | undefined> {
    const { workerAttempts, attempts } = this.#options
    const key = await workerAttempts.findNext(JSON.parse(worker.labels) as string[])
    if (!key) return 'none'
    const claimed = await attempts.claim(key, leaseHolderOf(worker), WORKER_PLACEMENTS, REMOTE_LEASE_MS)
    return claimed && this.#assign(claimed, key, worker)
  }

  async #assign(
    claimed: ClaimedAttempt,
    key: AttemptKey,
    worker: TaskWorkerRow,
  ): Promise<AssignedAttempt | undefined> {
    const { db } = this.#options
    const log = await TaskLog.open(db, key, this.#options.log)
    const assigned = await assign(claimed, this.#options).catch((error) =>
      resultOfError(error, new AbortController().signal, log),
    )
    if ('assignment' in assigned) {
      log.info(`Worker ${worker.name} executes the task.`)
      await log.flush()
      return toWire(assigned.assignment, log.next)
    }
    await log.flush()
    await this.#finish(key, worker, assigned)
    return undefined
  }

  /** Releases an attempt whose worker disconnected during the assignment. */
  async #release(assigned: AssignedAttempt, worker: TaskWorkerRow) {
    await this.#finish(assigned, worker, { outcome: 'INTERRUPTED' })
  }

  /** Ends an attempt and its token. @returns false when the worker has lost it */
  async finish(key: AttemptKey, worker: TaskWorkerRow, result: AttemptResult): Promise<boolean> {
    const { workerAttempts } = this.#options
    const holder = leaseHolderOf(worker)
    return (await this.#finish(key, worker, result)) || workerAttempts.hasEnded(key, holder, result.outcome)
  }

  async #finish({ task_run_id, attempt }: AttemptKey, worker: TaskWorkerRow, result: AttemptResult) {
    const { attempts, workerAttempts, context, secrets, wakeup } = this.#options
    const key = { task_run_id, attempt }
    secrets.forget(key)
    const holder = leaseHolderOf(worker)
    const recorded = await attempts.finish(key, holder, result)
    const token = await workerAttempts.tokenOf(key, holder)
    if (token) await context.tokens.revoke(token.owner, token.id).catch(() => undefined) // It was revoked.
    wakeup.notify()
    return recorded
  }

  #untilWork(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        unsubscribe()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      const unsubscribe = this.#options.wakeup.subscribe(end)
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
    })
  }
}
