import { type ExpressionBuilder, sql } from 'kysely'
import type { Db } from '../db/db.js'
import { hasExited } from '../processes/process-id.js'
import { redeliveryDelayMs } from './deliver.js'
import { MAX_DELIVERIES } from './jobs.js'

export interface QueuedJobRow {
  queue: string
  id: string
  /** JSON. */
  payload: string
  added_at: number
  visible_at: number
  holder: string | null
  deliveries: number
}

interface QueueSchema {
  queued_jobs: QueuedJobRow
}

/** The time for which a consumer has a job before it must renew its lease. */
export const LEASE_MS = 15_000

/**
 * The longest time for which a job is postponed. If a job seems to be postponed for longer, the clock was set back, and the job
 * is due now. It is long enough for differences between the clocks of machines.
 */
const FAR_AHEAD_MS = 10 * 60_000

/** The time by which a job with `first` overtakes others. */
const HEAD_START_MS = 30 * 24 * 3600 * 1000

const isDue = (now: number) => (eb: ExpressionBuilder<QueueSchema, 'queued_jobs'>) =>
  eb.or([eb('visible_at', '<=', now), eb('visible_at', '>', now + FAR_AHEAD_MS)])

/** Rows of the embedded queue. All statements are safe with many consumers on one database. */
export class QueuedJobs {
  readonly #db: Db<QueueSchema>
  readonly #now: () => number

  constructor(db: Db<QueueSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async add(queue: string, id: string, payload: unknown, first = false): Promise<void> {
    const now = this.#now()
    const row = {
      queue,
      id,
      payload: JSON.stringify(payload),
      added_at: now,
      visible_at: first ? now - HEAD_START_MS : now,
      holder: null,
      deliveries: 0,
    }
    await this.#db.transaction((tx) =>
      tx
        .insertInto('queued_jobs')
        .values(row)
        .onConflict((on) => on.doNothing())
        .execute(),
    )
  }

  /** Returns whether a job is due. A read, so that polling costs no commit. */
  async isAnyDue(queue: string): Promise<boolean> {
    const row = await this.#db.read
      .selectFrom('queued_jobs')
      .select('id')
      .where('queue', '=', queue)
      .where(isDue(this.#now()))
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Claims up to `limit` jobs. The outer condition is checked again after waiting for a row lock, so only one claim succeeds. */
  claim(queue: string, holder: string, limit: number): Promise<QueuedJobRow[]> {
    const now = this.#now()
    return this.#db.transaction((tx) =>
      tx
        .updateTable('queued_jobs')
        .set({ visible_at: now + LEASE_MS, holder, deliveries: sql`deliveries + 1` })
        .where('queue', '=', queue)
        .where(isDue(now))
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('queued_jobs')
            .select('id')
            .where('queue', '=', queue)
            .where(isDue(now))
            .orderBy('visible_at')
            .orderBy('added_at')
            .limit(limit),
        )
        .returningAll()
        .execute(),
    )
  }

  /** Renews leases. @returns the ids whose lease the holder still has */
  async renew(queue: string, holder: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db.transaction((tx) =>
      tx
        .updateTable('queued_jobs')
        .set({ visible_at: this.#now() + LEASE_MS })
        .where('queue', '=', queue)
        .where('holder', '=', holder)
        .where('id', 'in', ids)
        .returning('id')
        .execute(),
    )
    return new Set(rows.map((row) => row.id))
  }

  async done(queue: string, holder: string, id: string): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .deleteFrom('queued_jobs')
        .where('queue', '=', queue)
        .where('id', '=', id)
        .where('holder', '=', holder)
        .execute(),
    )
  }

  /** Releases a job after its processor threw, without a pause if it was interrupted. */
  async giveBack(holder: string, job: QueuedJobRow, { pause }: { pause: boolean }): Promise<void> {
    if (pause && job.deliveries >= MAX_DELIVERIES) return this.done(job.queue, holder, job.id)
    const visible_at = this.#now() + (pause ? redeliveryDelayMs(job.deliveries) : 0)
    const deliveries = pause ? job.deliveries : job.deliveries - 1
    await this.#db.transaction((tx) =>
      tx
        .updateTable('queued_jobs')
        .set({ visible_at, holder: null, deliveries })
        .where('queue', '=', job.queue)
        .where('id', '=', job.id)
        .where('holder', '=', holder)
        .execute(),
    )
  }

  /** Releases the jobs of processes that have certainly ended, without waiting for their leases. */
  async releaseGone(queue: string): Promise<void> {
    const holders = await this.#db.read
      .selectFrom('queued_jobs')
      .select('holder')
      .distinct()
      .where('queue', '=', queue)
      .where('holder', 'is not', null)
      .execute()
    const gone = holders.map((row) => row.holder!).filter(hasExited)
    if (gone.length === 0) return
    await this.#db.transaction((tx) =>
      tx
        .updateTable('queued_jobs')
        .set({ visible_at: this.#now(), holder: null })
        .where('queue', '=', queue)
        .where('holder', 'in', gone)
        .execute(),
    )
  }
}
