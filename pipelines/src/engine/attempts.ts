import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { hasExited } from '@cairn/platform/processes/process-id'
import type { Selectable } from 'kysely'
import { advanceRun } from '../flow/advance.js'
import { isDueAttempt } from '../flow/due-attempt.js'
import { advanceLoop } from '../flow/loop.js'
import { type AcceptedPlacement, hasPlacement } from '../flow/placement.js'
import { queueAttempt } from '../flow/queue-attempt.js'
import { getRun, getTaskRun, lockRun, settingsOf, type Tx } from '../flow/run-rows.js'
import { readReferenced, type TaskOutputs } from '../flow/run-values.js'
import { updateAttempt } from '../flow/update-attempt.js'
import type { AttemptOutcome, JobRunRow, PipelinesSchema, TaskAttemptRow, TaskRunRow } from '../schema.js'
import { afterAttempt, stopMessage, unfinishedRunsEndAs } from './retry.js'

/** An attempt whose lease is not renewed for this time is lost. */
export const LEASE_MS = 15_000

/** No lease ends later than this, unless the clock was set back. */
const FAR_AHEAD_MS = 10 * 60_000
/** A queued attempt that no worker claimed for this time is dispatched again: the queue may have lost the message. */
const REDISPATCH_MS = 10_000
/** The inputs of a task that waited longer may have changed since its cache was checked. */
const MAX_KEY_AGE_MS = 5 * 60_000

/** The state of an attempt that waits for the run of another job. */
export const DELEGATED = 'delegated'
/** The state of an attempt that waits for a check of its cache. */
export const CHECKING = 'checking'
const isWithoutWorker = (holder: string): holder is typeof DELEGATED | typeof CHECKING =>
  holder === DELEGATED || holder === CHECKING

export interface AttemptKey {
  readonly task_run_id: number
  readonly attempt: number
}

export interface ClaimedAttempt {
  readonly run: JobRunRow
  readonly task: TaskRunRow
  readonly attempt: number
  /** The values of upstream tasks to which the settings of the task refer. */
  readonly outputs: readonly TaskOutputs[]
}

export interface AttemptResult {
  readonly outcome: AttemptOutcome
  readonly outputs?: string
  /** JSON `TaskOutput`. */
  readonly kindOutput?: string
  readonly error?: string
  readonly trace?: string
  /** The task run whose result the task takes over from the cache. */
  readonly origin?: Pick<TaskRunRow, 'run_id' | 'task_run_id'>
}

/** Returns whether the inputs of a task with a cache are those that its key was computed from. */
export type InputsCheck = (claimed: ClaimedAttempt) => Promise<boolean>

/** The states of attempts: queued, running, ended. Each update is conditional, so that only one worker performs it. */
export class Attempts {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number
  readonly #announce: Announce
  readonly #areUnchanged: InputsCheck

  constructor(
    db: Db<PipelinesSchema>,
    now: () => number,
    announce: Announce,
    areUnchanged: InputsCheck = async () => true,
  ) {
    this.#db = db
    this.#now = now
    this.#announce = announce
    this.#areUnchanged = areUnchanged
  }

  /**
   * Queued attempts of these placements that were never dispatched, or too long ago, or before `since`: a worker may have died with
   * the message of an earlier dispatcher. A later `since` is older than a clock that was set back.
   */
  listUndispatched(
    limit: number,
    since: number,
    placements: readonly AcceptedPlacement[],
  ): Promise<AttemptKey[]> {
    const now = this.#now()
    const redispatchBefore = Math.max(now - REDISPATCH_MS, since <= now ? since : 0)
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt'])
      .where('state', '=', 'queued')
      .where(hasPlacement(placements, now))
      .where(isDueAttempt(now))
      .where((eb) =>
        eb.or([
          eb('dispatched_at', 'is', null),
          eb('dispatched_at', '<', redispatchBefore),
          eb('dispatched_at', '>', now + FAR_AHEAD_MS),
        ]),
      )
      .orderBy('run_at')
      .limit(limit)
      .execute()
  }

  async markDispatched(key: AttemptKey): Promise<void> {
    await this.#db.transaction((tx) => updateAttempt(tx, key).set({ dispatched_at: this.#now() }).execute())
  }

  /** @returns undefined when the attempt was canceled, another worker has claimed it, or it runs elsewhere */
  async claim(
    key: AttemptKey,
    holder: string,
    placements: readonly AcceptedPlacement[],
    leaseMs = LEASE_MS,
  ): Promise<ClaimedAttempt | undefined> {
    const claimed = await this.#db.transaction(async (tx) => {
      const runId = await this.#lock(tx, key.task_run_id)
      const now = this.#now()
      const [queued] = await updateAttempt(tx, key)
        .set({ state: 'running', holder, lease_until: now + leaseMs, started_at: now })
        .where('state', '=', 'queued')
        .where(hasPlacement(placements, now))
        .where(isDueAttempt(now))
        .returning('run_at')
        .execute()
      if (!queued || runId === undefined) return undefined
      const [task] = await tx
        .updateTable('task_runs')
        .set((eb) => ({ state: 'RUNNING', started_at: eb.fn.coalesce('started_at', eb.val(now)) }))
        .$if(now - queued.run_at > MAX_KEY_AGE_MS, (query) => query.set({ cache_key: null }))
        .where('task_run_id', '=', key.task_run_id)
        .returningAll()
        .execute()
      const run = await getRun(tx, runId)
      return { run, task: task!, attempt: key.attempt, outputs: await readReferenced(tx, run, task!) }
    })
    if (claimed) this.#announceRun(claimed.run.run_id)
    return claimed
  }

  /** Returns a message to the queue for a worker of another process: the attempt has none of these placements. */
  async release(key: AttemptKey, placements: readonly AcceptedPlacement[]): Promise<void> {
    await this.#db.transaction((tx) =>
      updateAttempt(tx, key)
        .set({ dispatched_at: null })
        .where('state', '=', 'queued')
        .where((eb) => eb.not(hasPlacement(placements, this.#now())(eb)))
        .execute(),
    )
  }

  /**
   * Stores the token of a running attempt, so that it can be revoked when the attempt is lost.
   *
   * @returns false when the attempt has ended
   */
  async setToken(key: AttemptKey, token: { token_id: string; token_of: string }): Promise<boolean> {
    const stored = await this.#db.transaction((tx) =>
      updateAttempt(tx, key).set(token).where('state', '=', 'running').returning('attempt').execute(),
    )
    return stored.length > 0
  }

  /** The token of an attempt, and when it started. */
  tokenAndStart({ task_run_id, attempt }: AttemptKey) {
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['token_id', 'token_of', 'started_at'])
      .where('task_run_id', '=', task_run_id)
      .where('attempt', '=', attempt)
      .executeTakeFirst()
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

  /** The running attempts of a worker, with the reason if their run or they are being stopped. */
  listHeldBy(holder: string) {
    return this.#db.read
      .selectFrom('task_attempts')
      .innerJoin('task_runs', 'task_runs.task_run_id', 'task_attempts.task_run_id')
      .innerJoin('job_runs', 'job_runs.run_id', 'task_runs.run_id')
      .select(['task_attempts.task_run_id', 'task_attempts.attempt'])
      .select((eb) => eb.fn.coalesce('job_runs.stopping', 'task_runs.stopping').as('stopping'))
      .where('task_attempts.state', '=', 'running')
      .where('task_attempts.holder', '=', holder)
      .execute()
  }

  /** Running attempts whose worker is dead or did not renew the lease. */
  async listLost(): Promise<Selectable<TaskAttemptRow>[]> {
    const running = await this.#db.read
      .selectFrom('task_attempts')
      .selectAll()
      .where('state', '=', 'running')
      .execute()
    const now = this.#now()
    const isExpired = (until: number) => until < now || until > now + FAR_AHEAD_MS
    return running.filter((attempt) => isExpired(attempt.lease_until!) || hasExited(attempt.holder!))
  }

  /** Reads an attempt that no worker claims. */
  async read(key: AttemptKey): Promise<ClaimedAttempt> {
    const { read } = this.#db
    const task = await getTaskRun(read, key.task_run_id)
    const run = await getRun(read, task.run_id)
    return { run, task, attempt: key.attempt, outputs: await readReferenced(read, run, task) }
  }

  /**
   * Ends an attempt and advances the run, in one transaction.
   *
   * @param holder the worker that has it; the state `DELEGATED` or `CHECKING` for an attempt without one
   * @returns false when another worker has taken over the attempt, or it has ended; the result is then discarded
   */
  async finish(key: AttemptKey, holder: string, end: AttemptResult): Promise<boolean> {
    const isStale = end.outcome === 'SUCCESS' && !end.origin && (await this.#hasStaleKey(key, holder))
    const finishedRun = await this.#db.transaction(async (tx) => {
      const runId = await this.#lock(tx, key.task_run_id)
      const now = this.#now()
      const [ended] = await updateAttempt(tx, key)
        .set({
          state: 'ended',
          outcome: end.outcome,
          ended_at: now,
          error: end.error ?? null,
          error_trace: end.trace ?? null,
          runs_end_as: unfinishedRunsEndAs(end.outcome),
        })
        .where((eb) =>
          isWithoutWorker(holder)
            ? eb('state', '=', holder)
            : eb.and([eb('state', '=', 'running'), eb('holder', '=', holder)]),
        )
        .returning('attempt')
        .execute()
      if (!ended || runId === undefined) return undefined
      if (isStale)
        await tx
          .updateTable('task_runs')
          .set({ cache_key: null })
          .where('task_run_id', '=', key.task_run_id)
          .execute()
      await this.#endOrRetry(tx, runId, key, end, now)
      return runId
    })
    if (finishedRun !== undefined) this.#announceRun(finishedRun)
    return finishedRun !== undefined
  }

  /** Skips the slow read of the inputs for an attempt that the holder has lost. */
  async #hasStaleKey(key: AttemptKey, holder: string): Promise<boolean> {
    const task = await this.#db.read
      .selectFrom('task_runs')
      .innerJoin('task_attempts', 'task_attempts.task_run_id', 'task_runs.task_run_id')
      .select('cache_key')
      .where('task_runs.task_run_id', '=', key.task_run_id)
      .where('task_attempts.attempt', '=', key.attempt)
      .where('task_attempts.holder', '=', holder)
      .where('task_attempts.state', '=', 'running')
      .executeTakeFirst()
    return !!task?.cache_key && !(await this.#areUnchanged(await this.read(key)))
  }

  #announceRun(runId: number) {
    this.#announce({ type: 'job_run', run_id: String(runId) })
  }

  async #endOrRetry(tx: Tx, runId: number, key: AttemptKey, end: AttemptResult, now: number) {
    const run = await getRun(tx, runId)
    const task = await getTaskRun(tx, key.task_run_id)
    const settings = settingsOf(run, task)
    const stopping = run.stopping ?? task.stopping
    const stopped = stopping !== null && end.outcome !== 'SUCCESS'
    const next = afterAttempt(stopped ? 'CANCELED' : end.outcome, settings, task)
    const { failures, losses } = next
    const message = stopped ? stopMessage(run, task, end.error) : (end.error ?? '')
    const outputs = await this.#takeValues(tx, key, end.outputs)
    if ('retryInMs' in next) {
      await tx
        .updateTable('task_runs')
        .set({ failures, losses, message })
        .where('task_run_id', '=', key.task_run_id)
        .execute()
      await queueAttempt(tx, { task, settings, attempt: key.attempt + 1, delayMs: next.retryInMs }, now)
      return
    }
    const result = stopped ? stopping : next.result
    await tx
      .updateTable('task_runs')
      .set({
        state: 'TERMINATED',
        result,
        failures,
        losses,
        message,
        ended_at: now,
        outputs,
        kind_output: end.kindOutput ?? null,
        ...(end.origin && cachedFrom(end.origin, task.started_at ?? now)),
      })
      .where('task_run_id', '=', key.task_run_id)
      .execute()
    if (task.parent_id === null || (await this.#endsLoop(tx, run, task.parent_id, now)))
      await advanceRun(tx, runId, now)
  }

  async #endsLoop(tx: Tx, run: JobRunRow, loopId: number, now: number): Promise<boolean> {
    const loop = await getTaskRun(tx, loopId)
    return (await advanceLoop(tx, run, loop, now)).state === 'TERMINATED'
  }

  /** Moves the values that the process of the attempt set from their table to those that it returned. */
  async #takeValues(tx: Tx, key: AttemptKey, returned: string | undefined): Promise<string | null> {
    const rows = await tx
      .deleteFrom('task_values')
      .where('task_run_id', '=', key.task_run_id)
      .returning(['attempt', 'name', 'value'])
      .execute()
    const set = rows.filter(({ attempt }) => attempt === key.attempt)
    if (set.length === 0) return returned ?? null
    const values = set.map(({ name, value }) => [name, JSON.parse(value)])
    return JSON.stringify({ ...(JSON.parse(returned ?? '{}') as object), ...Object.fromEntries(values) })
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

const cachedFrom = ({ run_id, task_run_id }: NonNullable<AttemptResult['origin']>, started_at: number) =>
  ({ origin: 'CACHED', origin_run_id: run_id, origin_task_run_id: task_run_id, started_at }) as const
