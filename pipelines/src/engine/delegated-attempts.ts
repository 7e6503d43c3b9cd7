import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import { isDueAttempt } from '../flow/due-attempt.js'
import { updateAttempt } from '../flow/update-attempt.js'
import type { JobRunRow, PipelinesSchema } from '../schema.js'
import type { AttemptKey } from './attempts.js'

export interface DelegatedAttempt extends AttemptKey {
  readonly child_run_id: number | null
  /** Set when the run that the attempt belongs to is being stopped. */
  readonly stopping: JobRunRow['stopping']
  readonly is_overdue: boolean
}

const BATCH = 200
const LEAST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Rows of attempts that wait for the run of another job. */
export class DelegatedAttempts {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Lists attempts whose run is to be started or stopped, or has ended; not those that only wait. */
  async listDue(): Promise<DelegatedAttempt[]> {
    const now = this.#now()
    const rows = await this.#db.read
      .selectFrom('task_attempts as attempt')
      .innerJoin('task_runs as task', 'task.task_run_id', 'attempt.task_run_id')
      .innerJoin('job_runs as run', 'run.run_id', 'task.run_id')
      .leftJoin('job_runs as child', 'child.run_id', 'attempt.child_run_id')
      .select(['attempt.task_run_id', 'attempt.attempt', 'attempt.child_run_id', 'run.stopping'])
      .select((eb) => eb.fn.coalesce('attempt.lease_until', sql<number>`0`).as('until'))
      .where('attempt.state', '=', 'delegated')
      .where((eb) => eb.or([isDueAttempt(now), eb('run.stopping', 'is not', null)]))
      .where((eb) =>
        eb.or([
          eb('child.run_id', 'is', null),
          eb('child.ended_at', 'is not', null),
          eb.and([
            eb('child.stopping', 'is', null),
            eb.or([eb('run.stopping', 'is not', null), eb('attempt.lease_until', '<=', now)]),
          ]),
        ]),
      )
      .orderBy('attempt.run_at')
      .limit(BATCH)
      .execute()
    return rows.map(({ until, ...row }) => ({ ...row, is_overdue: until > 0 && until <= now }))
  }

  /**
   * The idempotency token under which the run of an attempt is started: `token`, unless another process was first. It takes the
   * place of a holder. Undefined when the attempt has ended.
   */
  async tokenOf(key: AttemptKey, token: string): Promise<string | undefined> {
    const [row] = await this.#db.transaction((tx) =>
      updateAttempt(tx, key)
        .set((eb) => ({ holder: eb.fn.coalesce('holder', eb.val(token)) }))
        .where('state', '=', 'delegated')
        .returning('holder')
        .execute(),
    )
    return row?.holder ?? undefined
  }

  /** Tries again after as long as the attempt has been waiting, at most a minute: the pauses double. */
  async postpone(key: AttemptKey): Promise<void> {
    const now = this.#now()
    await this.#db.transaction(async (tx) => {
      const task = await tx
        .selectFrom('task_runs')
        .select('started_at')
        .where('task_run_id', '=', key.task_run_id)
        .executeTakeFirst()
      const waited = now - (task?.started_at ?? now)
      const pause = Math.min(Math.max(waited, LEAST_PAUSE_MS), LONGEST_PAUSE_MS)
      await updateAttempt(tx, key)
        .set({ run_at: now + pause, queued_at: now })
        .where('state', '=', 'delegated')
        .execute()
    })
  }

  /** The run that another process, or this one before a crash, started for an attempt. */
  async findStarted(jobId: number, token: string): Promise<number | undefined> {
    const row = await this.#db.read
      .selectFrom('job_runs')
      .select('run_id')
      .where('idempotency_key', '=', `job:${jobId}:${token}`)
      .executeTakeFirst()
    return row?.run_id
  }

  /** @returns false when the attempt has ended */
  setChild(key: AttemptKey, childId: number): Promise<boolean> {
    const { task_run_id } = key
    return this.#db.transaction(async (tx) => {
      const [row] = await updateAttempt(tx, key)
        .set({ child_run_id: childId })
        .where('state', '=', 'delegated')
        .returning('attempt')
        .execute()
      if (!row) return false
      const parent = { parent_task_run_id: task_run_id }
      await tx.updateTable('job_runs').set(parent).where('run_id', '=', childId).execute()
      await tx
        .updateTable('task_runs')
        .set((eb) => ({
          state: 'RUNNING',
          started_at: eb.fn.coalesce('started_at', eb.val(this.#now())),
          kind_output: JSON.stringify({ run_job_output: { run_id: childId } }),
        }))
        .where('task_run_id', '=', task_run_id)
        .execute()
      return true
    })
  }
}
