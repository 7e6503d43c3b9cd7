import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { AttemptKey } from '../engine/attempts.js'
import { isDueAttempt } from '../flow/due-attempt.js'
import type { AttemptOutcome, PipelinesSchema } from '../schema.js'
import { WORKER_PLACEMENTS } from '../worker-placements.js'

/** The lease of workers over HTTP, which outlasts a restart of the server. */
export const REMOTE_LEASE_MS = 30_000

/** The attempts of workers over HTTP, by holder. */
export class WorkerAttempts {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** The next queued attempt whose labels a worker has: those with labels first, then retries, then the oldest. */
  async findNext(labels: readonly string[]): Promise<AttemptKey | undefined> {
    const now = this.#now()
    const queued = this.#db.read
      .selectFrom('task_attempts')
      .where('state', '=', 'queued')
      .where('runs_on', 'in', WORKER_PLACEMENTS)
      .where(isDueAttempt(now))
    const sets = await queued.select('labels').distinct().execute()
    const own = new Set(labels)
    const fitting = sets
      .map((row) => row.labels)
      .filter((text) => text === '' || text.split(',').every((label) => own.has(label)))
    if (fitting.length === 0) return undefined
    return queued
      .select(['task_run_id', 'attempt'])
      .where('labels', 'in', fitting)
      .orderBy(sql`case when labels = '' then 1 else 0 end`)
      .orderBy(sql`case when attempt > 1 then 0 else 1 end`)
      .orderBy('run_at')
      .limit(1)
      .executeTakeFirst()
  }

  /** Renews the leases of these attempts. @returns those that it held, with the reason if their run or they are being stopped */
  async renew(holder: string, keys: readonly AttemptKey[]) {
    const held = await this.#db.read
      .selectFrom('task_attempts as attempt')
      .innerJoin('task_runs as task', 'task.task_run_id', 'attempt.task_run_id')
      .innerJoin('job_runs as run', 'run.run_id', 'task.run_id')
      .select(['attempt.task_run_id', 'attempt.attempt'])
      .select((eb) => eb.fn.coalesce('run.stopping', 'task.stopping').as('stopping'))
      .where('attempt.state', '=', 'running')
      .where('attempt.holder', '=', holder)
      .execute()
    const named = held.filter((one) => keys.some((key) => isSameAttempt(key, one)))
    if (named.length === 0) return []
    // The reconciler may have ended one, which the next call reports.
    await this.#db.transaction(async (tx) => {
      for (const { task_run_id, attempt } of named)
        await tx
          .updateTable('task_attempts')
          .set({ lease_until: this.#now() + REMOTE_LEASE_MS })
          .where('task_run_id', '=', task_run_id)
          .where('attempt', '=', attempt)
          .where('holder', '=', holder)
          .where('state', '=', 'running')
          .execute()
    })
    return named
  }

  /** @throws ABORTED when the worker does not have the attempt, or has lost it */
  async require({ task_run_id, attempt }: AttemptKey, holder: string): Promise<void> {
    const row = await this.#find({ task_run_id, attempt }, holder)
    if (row?.state === 'running') return
    throw new ApiError(
      'ABORTED',
      `The worker has lost attempt ${attempt} of task run ${task_run_id}; another one may have taken it over.`,
    )
  }

  /** Returns whether an earlier request of the worker ended the attempt with this outcome. */
  async hasEnded(key: AttemptKey, holder: string, outcome: AttemptOutcome): Promise<boolean> {
    return (await this.#find(key, holder))?.outcome === outcome
  }

  /** The token that was issued for the attempt. */
  async tokenOf(key: AttemptKey, holder: string) {
    const { token_id = null, token_of = null } = (await this.#find(key, holder)) ?? {}
    return token_id === null || token_of === null ? undefined : { id: token_id, owner: token_of }
  }

  /** The running attempts of a worker. */
  list(holder: string): Promise<AttemptKey[]> {
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt'])
      .where('state', '=', 'running')
      .where('holder', '=', holder)
      .execute()
  }

  #find({ task_run_id, attempt }: AttemptKey, holder: string) {
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['state', 'outcome', 'token_id', 'token_of'])
      .where('task_run_id', '=', task_run_id)
      .where('attempt', '=', attempt)
      .where('holder', '=', holder)
      .executeTakeFirst()
  }
}

export const isSameAttempt = (a: AttemptKey, b: AttemptKey) =>
  a.task_run_id === b.task_run_id && a.attempt === b.attempt
