import type { Db, Transaction } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import type { WebhookDelivery } from '@cairn/platform/protocol/cairn/webhook-deliveries'
import { Leases } from '@cairn/platform/webhooks/leases'
import type { Outcome } from '@cairn/platform/webhooks/outcome'
import { sql } from 'kysely'
import type { RegistrySchema, WebhookDeliveryRow } from '../schema.js'

const KEEP_MS = 7 * 24 * 60 * 60 * 1000
/** Longer than any lease and any retry delay. */
const MAX_AHEAD_MS = 2 * 60 * 60 * 1000

/** The deliveries in the outbox. Every statement is safe with several servers on one database. */
export class Deliveries {
  readonly #db: Db<RegistrySchema>
  readonly #keyPrefix: string
  readonly #now: () => number
  readonly leases: Leases

  /** @param keyPrefix prefix of the secrets that this server can decrypt; servers with the other key send the other deliveries */
  constructor(db: Db<RegistrySchema>, keyPrefix: string, now: () => number) {
    this.#db = db
    this.#keyPrefix = keyPrefix
    this.#now = now
    this.leases = new Leases(db.for(), 'webhook_deliveries', now)
  }

  /** Lists webhooks with due deliveries. A read, so that polling commits nothing. */
  async webhooksDue(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('webhooks')
      .select('webhook_id')
      .where('status', '=', 'ACTIVE')
      .where((eb) => eb.or([eb('secret', 'is', null), eb('secret', 'like', `${this.#keyPrefix}%`)]))
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('webhook_deliveries as d')
            .select('d.delivery_id')
            .whereRef('d.webhook_id', '=', 'webhooks.webhook_id')
            .where('d.due_at', '<=', this.#now()),
        ),
      )
      .execute()
    return rows.map((row) => row.webhook_id)
  }

  /** Lists webhooks whose secrets this server cannot decrypt. */
  async webhooksWithOtherKey(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('webhooks')
      .select('webhook_id')
      .where('secret', 'not like', `${this.#keyPrefix}%`)
      .execute()
    return rows.map((row) => row.webhook_id)
  }

  /** Claims up to `limit` deliveries of a webhook. PostgreSQL re-evaluates the outer condition after waiting for a row, so one claim wins. */
  claim(webhookId: string, holder: string, limit: number, leaseMs: number): Promise<WebhookDeliveryRow[]> {
    const now = this.#now()
    return this.#db.transaction((tx) =>
      tx
        .updateTable('webhook_deliveries')
        .set({ due_at: now + leaseMs, holder })
        .where('due_at', '<=', now)
        .where('delivery_id', 'in', (eb) =>
          eb
            .selectFrom('webhook_deliveries')
            .select('delivery_id')
            .where('webhook_id', '=', webhookId)
            .where('due_at', '<=', now)
            .orderBy('due_at')
            .orderBy('created_at')
            .limit(limit),
        )
        .returningAll()
        .execute(),
    )
  }

  /** Stores the outcome of an attempt, unless the delivery was cancelled or its lease lost meanwhile. */
  async settle(
    deliveryId: string,
    holder: string,
    { state, status, error, retryAt }: Outcome,
  ): Promise<void> {
    const now = this.#now()
    await this.#db.transaction((tx) =>
      tx
        .updateTable('webhook_deliveries')
        .set({
          state,
          attempts: sql`attempts + 1`,
          due_at: state === 'pending' ? (retryAt ?? now) : null,
          holder: null,
          finished_at: state === 'pending' ? null : now,
          last_status: status ?? null,
          last_error: error ?? null,
        })
        .where('delivery_id', '=', deliveryId)
        .where('holder', '=', holder)
        .execute(),
    )
  }

  /** Newest first. */
  async list(webhookId: string, limit: number, pageToken: string | undefined) {
    const after = decodePageToken(pageToken, timeAndId)
    let query = this.#db.read.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', webhookId)
    if (after)
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('created_at', 'delivery_id'), '<', tuple(...after)),
      )
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('delivery_id', 'desc')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return {
      deliveries: page.map(deliveryOnWire),
      ...(last && { next_page_token: encodePageToken([last.created_at, last.delivery_id]) }),
    }
  }

  /** Deletes deliveries that finished a week ago. Makes deliveries due whose time is too far ahead because a clock was set back. */
  async sweep(): Promise<void> {
    const now = this.#now()
    await this.#db.transaction(async (tx) => {
      await tx
        .deleteFrom('webhook_deliveries')
        .where('finished_at', '<', now - KEEP_MS)
        .execute()
      await tx
        .updateTable('webhook_deliveries')
        .set({ due_at: now, holder: null })
        .where('webhook_id', 'in', (eb) => eb.selectFrom('webhooks').select('webhook_id'))
        .where('due_at', '>', now + MAX_AHEAD_MS)
        .execute()
    })
  }

  /** Deletes deliveries of webhooks that were deleted while a change added them. */
  async sweepOrphans(): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .deleteFrom('webhook_deliveries')
        .where('webhook_id', 'in', (eb) =>
          eb
            .selectFrom('webhook_deliveries')
            .select('webhook_id')
            .distinct()
            .where('webhook_id', 'not in', eb.selectFrom('webhooks').select('webhook_id')),
        )
        .execute(),
    )
  }
}

/** Cancels the pending deliveries of a webhook. A delivery that is being sent may still arrive. */
export const cancelPending = (tx: Transaction<RegistrySchema>, webhookId: string, time: number) =>
  tx
    .updateTable('webhook_deliveries')
    .set({ state: 'cancelled', due_at: null, holder: null, finished_at: time })
    .where('webhook_id', '=', webhookId)
    .where('due_at', 'is not', null)
    .execute()

const deliveryOnWire = (row: WebhookDeliveryRow): WebhookDelivery => ({
  delivery_id: row.delivery_id,
  event: { entity: row.entity, action: row.action },
  state: row.state,
  attempts: row.attempts,
  created_at: row.created_at,
  ...(row.finished_at !== null && { finished_at: row.finished_at }),
  ...(row.due_at !== null && { next_attempt_at: row.due_at }),
  ...(row.last_status !== null && { last_status: row.last_status }),
  ...(row.last_error !== null && { last_error: row.last_error }),
})
