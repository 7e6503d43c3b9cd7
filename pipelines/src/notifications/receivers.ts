import type { Db } from '@cairn/platform/db/db'
import type { Receivers } from '@cairn/platform/webhooks/notifier'
import type { NotificationRow } from '@cairn/platform/webhooks/outbox'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { PipelinesSchema } from '../schema.js'
import type { DestinationAccess } from './destination-access.js'

/** Resolves the destinations in the outbox of jobs. */
export class DestinationReceivers implements Receivers {
  readonly #db: Db<PipelinesSchema>
  readonly #secrets: WebhookSecrets
  readonly #access: DestinationAccess

  constructor(db: Db<PipelinesSchema>, secrets: WebhookSecrets, access: DestinationAccess) {
    this.#db = db
    this.#secrets = secrets
    this.#access = access
  }

  /** The ids of the destinations whose URL this server cannot read. */
  async withOtherKey(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('notification_destinations')
      .select('id')
      .where('url', 'not like', `${this.#secrets.prefix}%`)
      .execute()
    return rows.map(({ id }) => id)
  }

  async urlOf({ id }: NotificationRow): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('job_notifications as sent')
      .innerJoin('notification_destinations as destination', 'destination.id', 'sent.url')
      .select(['destination.id', 'destination.url', 'sent.named_by'])
      .where('sent.id', '=', id)
      .executeTakeFirst()
    if (!row || !(await this.#access.maySend(row.id, row.named_by))) return undefined
    return this.#secrets.unseal(row.url, row.id)
  }
}
