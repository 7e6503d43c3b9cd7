import type { AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db } from '@cairn/platform/db/db'
import type { Receivers } from '@cairn/platform/webhooks/notifier'
import type { NotificationRow } from '@cairn/platform/webhooks/outbox'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'

/** The URLs of rules, which are encrypted. The outbox names the rules. */
export class WebhookUrls implements Receivers {
  readonly #db: Db<AlertSchema>
  readonly #secrets: WebhookSecrets

  constructor(db: Db<AlertSchema>, secrets: WebhookSecrets) {
    this.#db = db
    this.#secrets = secrets
  }

  /** Encrypts the URLs of earlier releases. */
  async upgrade(): Promise<void> {
    const old = await this.#db.read
      .selectFrom('alert_rules')
      .select(['rule_id', 'webhook_url'])
      .where('webhook_url', 'not like', 'v1.%')
      .execute()
    if (old.length === 0) return
    await this.#db.transaction(async (tx) => {
      for (const { rule_id, webhook_url } of old)
        await tx
          .updateTable('alert_rules')
          .set({ webhook_url: this.#secrets.seal(webhook_url!, rule_id) })
          .where('rule_id', '=', rule_id)
          .where('webhook_url', '=', webhook_url) // another server was first
          .execute()
    })
  }

  /** The ids of the rules whose URL this server cannot read. */
  async withOtherKey(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('alert_rules')
      .select('rule_id')
      .where('webhook_url', 'not like', `${this.#secrets.prefix}%`)
      .execute()
    return rows.map(({ rule_id }) => rule_id)
  }

  async urlOf({ url: ruleId }: NotificationRow): Promise<string | undefined> {
    const rule = await this.#db.read
      .selectFrom('alert_rules')
      .select('webhook_url')
      .where('rule_id', '=', ruleId)
      .executeTakeFirst()
    return rule?.webhook_url ? this.#secrets.unseal(rule.webhook_url, ruleId) : undefined
  }
}
