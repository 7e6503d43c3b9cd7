import type { Db } from '@cairn/platform/db/db'
import { type AttemptKey, CHECKING } from '../engine/attempts.js'
import { updateAttempt } from '../flow/update-attempt.js'
import type { PipelinesSchema, TaskRunRow } from '../schema.js'

const BATCH = 100

export type CachedResult = Pick<TaskRunRow, 'task_run_id' | 'run_id' | 'outputs' | 'kind_output'>

/** Reads and updates the rows of attempts that wait for a check of their cache, and finds cached results. */
export class CachedResults {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  listChecking(): Promise<AttemptKey[]> {
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt'])
      .where('state', '=', CHECKING)
      .orderBy('run_at')
      .limit(BATCH)
      .execute()
  }

  /** The latest computed result under a key, not one that was taken from the cache. */
  find(key: string, maxAgeSeconds: number | undefined): Promise<CachedResult | undefined> {
    return this.#db.read
      .selectFrom('task_runs')
      .select(['task_run_id', 'run_id', 'outputs', 'kind_output'])
      .where('cache_key', '=', key)
      .where('state', '=', 'TERMINATED')
      .where('result', '=', 'SUCCESS')
      .where('origin', 'is', null)
      .$if(maxAgeSeconds !== undefined, (query) =>
        query.where('ended_at', '>=', this.#now() - maxAgeSeconds! * 1000),
      )
      .orderBy('ended_at', 'desc')
      .limit(1)
      .executeTakeFirst()
  }

  /** Queues an attempt. Its result is stored under the key, unless it is undefined. */
  async release(key: AttemptKey, cache_key: string | undefined): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const [released] = await updateAttempt(tx, key)
        .set({ state: 'queued' })
        .where('state', '=', CHECKING)
        .returning('attempt')
        .execute()
      if (!released || cache_key === undefined) return
      await tx
        .updateTable('task_runs')
        .set({ cache_key })
        .where('task_run_id', '=', key.task_run_id)
        .execute()
    })
  }
}
