import type { AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db } from '@cairn/platform/db/db'
import type { Receivers } from '@cairn/platform/webhooks/notifier'
import type { NotificationRow } from '@cairn/platform/webhooks/outbox'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'

/** Reads the encrypted URLs of rules. The outbox has their digests, so that rules with the same URL share one queue. */
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

  /** Returns the name of the receiver in the outbox. For a URL that another server encrypted and calls, this is the rule's id. */
  receiverOf({ rule_id, webhook_url }: Pick<AlertRuleRow, 'rule_id' | 'webhook_url'>): string {
    if (!webhook_url?.startsWith(this.#secrets.prefix)) return rule_id
    return this.#secrets.digest(this.#secrets.unseal(webhook_url, rule_id))
  }

  /**
   * Lists the receivers of waiting calls whose rules have URLs that another server encrypted. Reads the rules, because the digests
   * may belong to earlier URLs.
   */
  async withOtherKey(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('alert_notifications')
      .innerJoin('alerts', 'alerts.alert_id', 'alert_notifications.id')
      .innerJoin('alert_rules', 'alert_rules.rule_id', 'alerts.rule_id')
      .select('alert_notifications.url')
      .distinct()
      .where('alert_rules.webhook_url', 'not like', `${this.#secrets.prefix}%`)
      .execute()
    return rows.map(({ url }) => url)
  }

  /** Returns the ids of the rules whose URL this server cannot decrypt. */
  async unreadableRules(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('alert_rules')
      .select('rule_id')
      .where('webhook_url', 'not like', `${this.#secrets.prefix}%`)
      .execute()
    return rows.map(({ rule_id }) => rule_id)
  }

  /** Returns the current URL of the alert's rule. */
  async urlOf({ id: alertId }: Pick<NotificationRow, 'id'>): Promise<string | undefined> {
    const rule = await this.#db.read
      .selectFrom('alerts')
      .innerJoin('alert_rules', 'alert_rules.rule_id', 'alerts.rule_id')
      .select(['alert_rules.rule_id', 'alert_rules.webhook_url'])
      .where('alerts.alert_id', '=', alertId)
      .executeTakeFirst()
    return rule?.webhook_url ? this.#secrets.unseal(rule.webhook_url, rule.rule_id) : undefined
  }
}
