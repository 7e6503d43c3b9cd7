import { randomUUID } from 'node:crypto'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { missing } from '@cairn/platform/errors'
import type { Webhook, WebhookEvent, WebhookStatus } from '@cairn/platform/protocol/mlflow/webhooks'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { RegistrySchema, WebhookRow } from '../schema.js'
import { cancelPending } from './deliveries.js'

export interface WebhookSettings {
  readonly name: string
  readonly description: string
  readonly url: string
  readonly events: readonly WebhookEvent[]
  /** Empty for no secret. */
  readonly secret: string
  readonly status: WebhookStatus
}

/** Stores webhooks, with their secrets encrypted. */
export class WebhookStore {
  readonly #db: Db<RegistrySchema>
  readonly #secrets: WebhookSecrets
  readonly #now: () => number

  constructor(db: Db<RegistrySchema>, secrets: WebhookSecrets, now: () => number) {
    this.#db = db
    this.#secrets = secrets
    this.#now = now
  }

  async create(settings: WebhookSettings): Promise<Webhook> {
    const webhook_id = randomUUID()
    const time = this.#now()
    const { name, description, url, status, events } = settings
    const row: WebhookRow = {
      webhook_id,
      name,
      description: description || null,
      url,
      status,
      secret: this.#seal(settings.secret, webhook_id),
      creation_timestamp: time,
      last_updated_timestamp: time,
    }
    await this.#db.transaction(async (tx) => {
      await tx.insertInto('webhooks').values(row).execute()
      await putEvents(tx, webhook_id, events)
    })
    return this.get(webhook_id)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async getRow(webhookId: string): Promise<WebhookRow> {
    const row = await this.#db.read
      .selectFrom('webhooks')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst()
    if (!row) throw notFound(webhookId)
    return row
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(webhookId: string): Promise<Webhook> {
    return (await this.#describe([await this.getRow(webhookId)]))[0]!
  }

  /** Newest first. */
  async list(limit: number, pageToken: string | undefined) {
    const after = decodePageToken(pageToken, timeAndId)
    let query = this.#db.read.selectFrom('webhooks').selectAll()
    if (after)
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('creation_timestamp', 'webhook_id'), '<', tuple(...after)),
      )
    const rows = await query
      .orderBy('creation_timestamp', 'desc')
      .orderBy('webhook_id', 'desc')
      .limit(limit + 1)
      .execute()
    const { page, last } = pageOf(rows, limit)
    return {
      ...(page.length > 0 && { webhooks: await this.#describe(page) }),
      ...(last && { next_page_token: encodePageToken([last.creation_timestamp, last.webhook_id]) }),
    }
  }

  /** Changes the given fields. Disabling cancels pending deliveries. @throws RESOURCE_DOES_NOT_EXIST */
  async update(webhookId: string, change: Partial<WebhookSettings>): Promise<Webhook> {
    const { events, secret, description, ...plain } = change
    const time = this.#now()
    await this.#db.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('webhooks')
        .set({
          ...plain,
          ...(description !== undefined && { description: description || null }),
          ...(secret !== undefined && { secret: this.#seal(secret, webhookId) }),
          last_updated_timestamp: time,
        })
        .where('webhook_id', '=', webhookId)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw notFound(webhookId)
      if (events) await putEvents(tx, webhookId, events)
      if (change.status === 'DISABLED') await cancelPending(tx, webhookId, time)
    })
    return this.get(webhookId)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(webhookId: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('webhooks')
        .where('webhook_id', '=', webhookId)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw notFound(webhookId)
      await tx.deleteFrom('webhook_deliveries').where('webhook_id', '=', webhookId).execute()
    })
  }

  #seal(secret: string, webhookId: string): string | null {
    return secret ? this.#secrets.seal(secret, webhookId) : null
  }

  async #describe(rows: readonly WebhookRow[]): Promise<Webhook[]> {
    const events = await this.#db.read
      .selectFrom('webhook_events')
      .selectAll()
      .where(
        'webhook_id',
        'in',
        rows.map((row) => row.webhook_id),
      )
      .orderBy('position')
      .execute()
    const eventsOf = groupBy(events, (event) => event.webhook_id)
    return rows.map((row) => webhookOnWire(row, eventsOf.get(row.webhook_id) ?? []))
  }
}

const notFound = (webhookId: string) => missing(`Webhook with ID ${webhookId} not found.`)

/** Replaces the events of a webhook, in order, without duplicates. */
async function putEvents(
  tx: Transaction<RegistrySchema>,
  webhook_id: string,
  events: readonly WebhookEvent[],
) {
  const unique = new Map(events.map((event) => [`${event.entity} ${event.action}`, event]))
  const rows = Array.from(unique.values(), ({ entity, action }, position) => ({
    webhook_id,
    entity,
    action,
    position,
  }))
  await tx.deleteFrom('webhook_events').where('webhook_id', '=', webhook_id).execute()
  await tx.insertInto('webhook_events').values(rows).execute()
}

const webhookOnWire = (row: WebhookRow, events: readonly WebhookEvent[]): Webhook => ({
  webhook_id: row.webhook_id,
  name: row.name,
  ...(row.description && { description: row.description }),
  url: row.url,
  events: events.map(({ entity, action }) => ({ entity, action })),
  status: row.status,
  creation_timestamp: row.creation_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
})
