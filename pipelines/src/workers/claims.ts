import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { AssignedAttempt } from '@cairn/platform/protocol/workers'
import { type AssignOptions, assign } from '../engine/assignment.js'
import { resultOfError } from '../engine/attempt-result.js'
import type { AttemptKey, AttemptResult, ClaimedAttempt } from '../engine/attempts.js'
import { TaskLog } from '../engine/task-log.js'
import type { Wakeup } from '../flow/wakeup.js'
import { REMOTE_PLACES } from '../remote-places.js'
import type { PipelinesSchema, TaskWorkerRow } from '../schema.js'
import { toWire } from './assigned-attempt.js'
import { type HeldAttempts, REMOTE_LEASE_MS } from './held-attempts.js'
import { holderOf } from './store.js'

interface ClaimsOptions extends AssignOptions {
  readonly db: Db<PipelinesSchema>
  readonly held: HeldAttempts
  readonly wakeup: Wakeup
  readonly log: Log
}

export interface ClaimWait {
  readonly waitMs: number
  /** Aborts when the worker does not wait any more. */
  readonly signal: AbortSignal
  /** The worker, if it may still claim attempts: its token may be revoked while it waits. */
  readonly admit: () => Promise<TaskWorkerRow>
}

const POLL_MS = 1_000

/** Gives queued attempts to workers over HTTP that wait for one. */
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
   * @throws what `admit` throws
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
      } else if (assigned && signal.aborted) await this.#giveBack(assigned, worker)
      else if (assigned) return assigned
    }
    return undefined
  }

  /** @returns undefined for an attempt that another worker took, or that cannot run: the next one may */
  async #claim(worker: TaskWorkerRow): Promise<AssignedAttempt | 'none' | undefined> {
    const { held, attempts } = this.#options
    const key = await held.findNext(JSON.parse(worker.labels) as string[])
    if (!key) return 'none'
    const claimed = await attempts.claim(key, holderOf(worker), REMOTE_PLACES, REMOTE_LEASE_MS)
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

  /** The worker left while the attempt was assigned. */
  async #giveBack(assigned: AssignedAttempt, worker: TaskWorkerRow) {
    await this.#finish(assigned, worker, { outcome: 'INTERRUPTED' })
  }

  /** Ends an attempt and its token. @returns false when the worker does not have it any more */
  async finish(key: AttemptKey, worker: TaskWorkerRow, result: AttemptResult): Promise<boolean> {
    const { held } = this.#options
    const holder = holderOf(worker)
    return (await this.#finish(key, worker, result)) || held.hasEnded(key, holder, result.outcome)
  }

  async #finish({ task_run_id, attempt }: AttemptKey, worker: TaskWorkerRow, result: AttemptResult) {
    const { attempts, held, context, secrets, wakeup } = this.#options
    const key = { task_run_id, attempt }
    secrets.forget(key)
    const holder = holderOf(worker)
    const recorded = await attempts.finish(key, holder, result)
    const token = await held.tokenOf(key, holder)
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
