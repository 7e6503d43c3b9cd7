import { randomUUID } from 'node:crypto'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import type { RegisterWorker, Worker } from '@cairn/platform/protocol/cairn/workers'
import type { Input } from '@cairn/platform/protocol/operation'
import type { PipelinesSchema, TaskWorkerRow } from '../schema.js'

/** A worker that was not seen for this time is deleted. */
const FORGET_MS = 24 * 3600 * 1000
/** Limits the writes of `seen_at`, as workers call every few seconds. */
const NOTE_MS = 5_000

/** The `holder` of the attempts that a worker runs. It is not a process id, so only the lease shows that the worker is lost. */
export const leaseHolderOf = ({ worker_id }: Pick<TaskWorkerRow, 'worker_id'>) => `worker/${worker_id}`

/** Registers workers over HTTP, and records when they were last seen. */
export class WorkerStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async register(
    { name, labels, concurrency, version }: Input<typeof RegisterWorker>,
    principal: Principal,
  ): Promise<TaskWorkerRow> {
    const now = this.#now()
    const facts = { worker_id: randomUUID(), name, concurrency, version, principal_id: principal.id }
    const row = { ...facts, labels: JSON.stringify(labels), registered_at: now, seen_at: now }
    await this.#db.transaction(async (tx) => {
      await tx
        .deleteFrom('task_workers')
        .where('seen_at', '<', now - FORGET_MS)
        .execute()
      await tx.insertInto('task_workers').values(row).execute()
    })
    return row
  }

  /** Updates `seen_at` of the worker. @throws RESOURCE_DOES_NOT_EXIST, also for the worker of another principal */
  async touch(workerId: string, principal: Principal): Promise<TaskWorkerRow> {
    const row = await this.#db.read
      .selectFrom('task_workers')
      .selectAll()
      .where('worker_id', '=', workerId)
      .where('principal_id', '=', principal.id)
      .executeTakeFirst()
    if (!row) throw missing(`Worker '${workerId}' does not exist: register again.`)
    const now = this.#now()
    if (Math.abs(now - row.seen_at) >= NOTE_MS)
      await this.#db.transaction((tx) =>
        tx.updateTable('task_workers').set({ seen_at: now }).where('worker_id', '=', workerId).execute(),
      )
    return row
  }

  async remove(workerId: string): Promise<void> {
    await this.#db.transaction((tx) =>
      tx.deleteFrom('task_workers').where('worker_id', '=', workerId).execute(),
    )
  }

  /** Lists workers with the attempts that they run, the latest first. */
  async list(): Promise<Worker[]> {
    const { read } = this.#db
    const rows = await read
      .selectFrom('task_workers')
      .selectAll()
      .where('seen_at', '>=', this.#now() - FORGET_MS)
      .orderBy('registered_at', 'desc')
      .orderBy('worker_id')
      .execute()
    const running = await read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt', 'holder'])
      .where('state', '=', 'running')
      .execute()
    return rows.map(({ labels, seen_at, principal_id: _, ...row }) => ({
      ...row,
      labels: JSON.parse(labels) as string[],
      last_heartbeat: seen_at,
      running: running
        .filter(({ holder }) => holder === leaseHolderOf(row))
        .map(({ task_run_id, attempt }) => ({ task_run_id, attempt })),
    }))
  }
}
