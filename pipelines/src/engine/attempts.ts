import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { isGone } from '@cairn/platform/jobs/process-id'
import type { JobRunRow, Outcome, PipelinesSchema, TaskAttemptRow, TaskRunRow } from '../schema.js'
import { advanceRun, currentTasks, lockRun, queueAttempt, type Tx, tasksOf } from './advance.js'
import { afterAttempt } from './retry.js'

/** How long a worker that stopped renewing keeps its attempts. */
export const LEASE_MS = 15_000

/** A lease that ends later than any is given for was given before the clock was set back. */
const FAR_AHEAD_MS = 10 * 60_000
/** A queued attempt that nobody took for so long is handed to the queue again, which may have lost it. */
const REDISPATCH_MS = 10_000

export interface AttemptKey {
  readonly task_run_id: number
  readonly attempt: number
}

export interface Claimed {
  readonly run: JobRunRow
  readonly task: TaskRunRow
  readonly attempt: number
  /** Task runs of the same job run. */
  readonly others: readonly TaskRunRow[]
}

export interface AttemptEnd {
  readonly outcome: Outcome
  readonly outputs?: string
  readonly error?: string
  readonly trace?: string
}

/** Attempts from queued through running to ended; each step is conditional, so that of several workers one does it. */
export class Attempts {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number
  readonly #announce: Announce

  constructor(db: Db<PipelinesSchema>, now: () => number, announce: Announce) {
    this.#db = db
    this.#now = now
    this.#announce = announce
  }

  /**
   * Queued attempts that nobody handed to the queue yet, or so long ago, or before `since`: what a dispatcher that is
   * gone handed over may have been taken by a worker that died with it.
   */
  undispatched(limit: number, since: number): Promise<AttemptKey[]> {
    const now = this.#now()
    const again = Math.max(now - REDISPATCH_MS, since)
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt'])
      .where('state', '=', 'queued')
      .where('run_at', '<=', now)
      .where((eb) =>
        eb.or([
          eb('dispatched_at', 'is', null),
          eb('dispatched_at', '<', again),
          eb('dispatched_at', '>', now + FAR_AHEAD_MS),
        ]),
      )
      .orderBy('run_at')
      .limit(limit)
      .execute()
  }

  async dispatched({ task_run_id, attempt }: AttemptKey): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_attempts')
        .set({ dispatched_at: this.#now() })
        .where('task_run_id', '=', task_run_id)
        .where('attempt', '=', attempt)
        .execute(),
    )
  }

  /** @returns undefined when it is not to be executed (any more), or somebody else does */
  async claim(key: AttemptKey, holder: string): Promise<Claimed | undefined> {
    const claimed = await this.#db.transaction(async (tx) => {
      const runId = await this.#lock(tx, key.task_run_id)
      const now = this.#now()
      const [won] = await tx
        .updateTable('task_attempts')
        .set({ state: 'running', holder, lease_until: now + LEASE_MS, started_at: now })
        .where('task_run_id', '=', key.task_run_id)
        .where('attempt', '=', key.attempt)
        .where('state', '=', 'queued')
        .where('run_at', '<=', now)
        .returning('attempt')
        .execute()
      if (!won || runId === undefined) return undefined
      const [task] = await tx
        .updateTable('task_runs')
        .set((eb) => ({ state: 'RUNNING', started_at: eb.fn.coalesce('started_at', eb.val(now)) }))
        .where('task_run_id', '=', key.task_run_id)
        .returningAll()
        .execute()
      const run = await tx
        .selectFrom('job_runs')
        .selectAll()
        .where('run_id', '=', runId)
        .executeTakeFirstOrThrow()
      return { run, task: task!, attempt: key.attempt, others: await currentTasks(tx, runId) }
    })
    if (claimed) this.#changed(claimed.run.run_id)
    return claimed
  }

  /** Kept so that whoever takes over a lost attempt can revoke its token. */
  async setToken(
    { task_run_id, attempt }: AttemptKey,
    token: { token_id: string; token_of: string },
  ): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_attempts')
        .set(token)
        .where('task_run_id', '=', task_run_id)
        .where('attempt', '=', attempt)
        .execute(),
    )
  }

  async renew(holder: string): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_attempts')
        .set({ lease_until: this.#now() + LEASE_MS })
        .where('holder', '=', holder)
        .where('state', '=', 'running')
        .execute(),
    )
  }

  /** What a worker still holds, with whether its run is being stopped. */
  heldBy(holder: string) {
    return this.#db.read
      .selectFrom('task_attempts')
      .innerJoin('task_runs', 'task_runs.task_run_id', 'task_attempts.task_run_id')
      .innerJoin('job_runs', 'job_runs.run_id', 'task_runs.run_id')
      .select(['task_attempts.task_run_id', 'task_attempts.attempt', 'job_runs.stopping'])
      .where('task_attempts.state', '=', 'running')
      .where('task_attempts.holder', '=', holder)
      .execute()
  }

  /** Running attempts whose worker is dead or has been silent for longer than its lease. */
  async lost(): Promise<TaskAttemptRow[]> {
    const running = await this.#db.read
      .selectFrom('task_attempts')
      .selectAll()
      .where('state', '=', 'running')
      .execute()
    const now = this.#now()
    const isOver = (until: number) => until < now || until > now + FAR_AHEAD_MS
    return running.filter((attempt) => isOver(attempt.lease_until!) || isGone(attempt.holder!))
  }

  /**
   * Ends an attempt and moves the run on, in one transaction.
   *
   * @returns false when the attempt was no longer this holder's: what it did is then not recorded
   */
  async finish(key: AttemptKey, holder: string, end: AttemptEnd): Promise<boolean> {
    const moved = await this.#db.transaction(async (tx) => {
      const runId = await this.#lock(tx, key.task_run_id)
      const now = this.#now()
      const [ended] = await tx
        .updateTable('task_attempts')
        .set({
          state: 'ended',
          outcome: end.outcome,
          ended_at: now,
          error: end.error ?? null,
          error_trace: end.trace ?? null,
        })
        .where('task_run_id', '=', key.task_run_id)
        .where('attempt', '=', key.attempt)
        .where('state', '=', 'running')
        .where('holder', '=', holder)
        .returning('attempt')
        .execute()
      if (!ended || runId === undefined) return undefined
      await this.#afterwards(tx, runId, key, end, now)
      await advanceRun(tx, runId, now)
      return runId
    })
    if (moved !== undefined) this.#changed(moved)
    return moved !== undefined
  }

  #changed(runId: number) {
    this.#announce({ type: 'job_run', run_id: String(runId) })
  }

  async #afterwards(tx: Tx, runId: number, key: AttemptKey, end: AttemptEnd, now: number) {
    const run = await tx
      .selectFrom('job_runs')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow()
    const task = await tx
      .selectFrom('task_runs')
      .selectAll()
      .where('task_run_id', '=', key.task_run_id)
      .executeTakeFirstOrThrow()
    const settings = tasksOf(run).find((one) => one.task_key === task.task_key)!
    const stopped = run.stopping !== null && end.outcome !== 'SUCCESS'
    const next = afterAttempt(stopped ? 'CANCELED' : end.outcome, settings, task)
    const { failures, losses } = next
    const message = end.error ?? ''
    if ('retryInMs' in next) {
      await tx
        .updateTable('task_runs')
        .set({ failures, losses, message })
        .where('task_run_id', '=', key.task_run_id)
        .execute()
      return queueAttempt(tx, task, key.attempt + 1, now, next.retryInMs)
    }
    const result = stopped ? run.stopping : next.result
    await tx
      .updateTable('task_runs')
      .set({
        state: 'TERMINATED',
        result,
        failures,
        losses,
        message,
        ended_at: now,
        outputs: end.outputs ?? null,
      })
      .where('task_run_id', '=', key.task_run_id)
      .execute()
  }

  async #lock(tx: Tx, taskRunId: number): Promise<number | undefined> {
    const task = await tx
      .selectFrom('task_runs')
      .select('run_id')
      .where('task_run_id', '=', taskRunId)
      .executeTakeFirst()
    if (task) await lockRun(this.#db, tx, task.run_id)
    return task?.run_id
  }
}
