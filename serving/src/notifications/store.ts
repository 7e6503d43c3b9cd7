import type { Db, Transaction } from '@cairn/platform/db/db'
import { hasExited } from '@cairn/platform/processes/process-id'
import type { Outcome } from '@cairn/platform/webhooks/outcome'
import type { ExpressionBuilder } from 'kysely'
import type { NotificationRow, ServingSchema } from '../schema.js'
import { bodyOf, type EndedDeployment, recipientsOf } from './messages.js'

const PAGE = 100
/** Longer than any lease and any retry delay: one that is later was set before the clock was set back. */
const MAX_AHEAD_MS = 2 * 60 * 60 * 1000

const isDue = (now: number) => (eb: ExpressionBuilder<ServingSchema, 'endpoint_notifications'>) =>
  eb.or([eb('due_at', '<=', now), eb('due_at', '>', now + MAX_AHEAD_MS)])

/** The outbox of notifications. Every statement is safe with several servers on one database. */
export class NotificationStore {
  readonly #db: Db<ServingSchema>
  readonly #now: () => number

  constructor(db: Db<ServingSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Adds the notifications of deployments that have ended since, each once. */
  async addEnded(): Promise<void> {
    for (const deployment of await this.#ended())
      await this.#db.transaction((tx) => add(tx, deployment, this.#now()))
  }

  /** URLs with due notifications; those that have waited longest first. A read, so that polling commits nothing. */
  async dueUrls(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('endpoint_notifications')
      .select('url')
      .where(isDue(this.#now()))
      .groupBy('url')
      .orderBy((eb) => eb.fn.min('due_at'))
      .execute()
    return rows.map(({ url }) => url)
  }

  /** The oldest due notification of a URL; undefined if another process was first. */
  claim(url: string, holder: string, leaseMs: number): Promise<NotificationRow | undefined> {
    const now = this.#now()
    return this.#db.transaction((tx) =>
      tx
        .updateTable('endpoint_notifications')
        .set({ holder, due_at: now + leaseMs })
        .where(isDue(now)) // evaluated again by PostgreSQL after waiting for the row
        .where('id', '=', (eb) =>
          eb
            .selectFrom('endpoint_notifications')
            .select('id')
            .where('url', '=', url)
            .where(isDue(now))
            .orderBy('created_at')
            .orderBy('id')
            .limit(1),
        )
        .returningAll()
        .executeTakeFirst(),
    )
  }

  /** Stores the outcome of a call. One that is repeated later postpones the others of its URL until then. */
  async settle(
    { id, url, attempts }: NotificationRow,
    holder: string,
    { state, retryAt }: Outcome,
  ): Promise<void> {
    await this.#db.transaction(async (tx) => {
      if (state !== 'pending') {
        await tx
          .deleteFrom('endpoint_notifications')
          .where('id', '=', id)
          .where('holder', '=', holder)
          .execute()
        return
      }
      const due_at = retryAt ?? this.#now()
      await tx
        .updateTable('endpoint_notifications')
        .set({ attempts: attempts + 1, due_at, holder: null })
        .where('id', '=', id)
        .where('holder', '=', holder)
        .execute()
      await tx
        .updateTable('endpoint_notifications')
        .set({ due_at })
        .where('url', '=', url)
        .where('holder', 'is', null)
        .where('due_at', '<', due_at)
        .execute()
    })
  }

  /** Gives back what a stopping process has claimed. */
  async release(holder: string): Promise<void> {
    await this.#releaseFrom([holder])
  }

  /** Gives back what ended processes had claimed, before their leases expire. */
  async releaseDead(): Promise<void> {
    const holders = await this.#db.read
      .selectFrom('endpoint_notifications')
      .select('holder')
      .distinct()
      .where('holder', 'is not', null)
      .execute()
    const dead = holders.map(({ holder }) => holder!).filter(hasExited)
    if (dead.length > 0) await this.#releaseFrom(dead)
  }

  async #releaseFrom(holders: readonly string[]) {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('endpoint_notifications')
        .set({ due_at: this.#now(), holder: null })
        .where('holder', 'in', holders)
        .execute(),
    )
  }

  #ended(): Promise<EndedDeployment[]> {
    return this.#db.read
      .selectFrom('endpoint_deployments')
      .innerJoin('endpoints', 'endpoints.id', 'endpoint_deployments.endpoint_id')
      .selectAll('endpoint_deployments')
      .select(['endpoints.name', 'endpoints.email_notifications'])
      .where('notified', '=', 0)
      .where('outcome', '!=', 'IN_PROGRESS')
      .orderBy('end_timestamp')
      .limit(PAGE)
      .execute()
  }
}

async function add(tx: Transaction<ServingSchema>, deployment: EndedDeployment, time: number): Promise<void> {
  const { endpoint_id, number, outcome } = deployment
  const { numUpdatedRows } = await tx
    .updateTable('endpoint_deployments')
    .set({ notified: 1 })
    .where('endpoint_id', '=', endpoint_id)
    .where('number', '=', number)
    .where('outcome', '=', outcome)
    .where('notified', '=', 0) // another process was first
    .executeTakeFirstOrThrow()
  const urls = [...new Set(recipientsOf(deployment))]
  if (numUpdatedRows === 0n || urls.length === 0) return
  const rows = urls.map((url, index) => ({
    id: `${endpoint_id}.${number}.${outcome}.${index}`,
    url,
    body: bodyOf(deployment),
    attempts: 0,
    created_at: time,
    due_at: time,
    holder: null,
  }))
  await tx
    .insertInto('endpoint_notifications')
    .values(rows)
    .onConflict((on) => on.doNothing()) // the failure of a deployment that was continued is told once
    .execute()
}
