import { join } from 'node:path'
import { openKeyFile } from '../secrets/key-file.js'
import { SealingKey } from '../secrets/sealing-key.js'

/** The key file in the data folder, unless a key is configured. Backups of the database omit it, so that secrets stay secret. */
export const WEBHOOK_KEY_FILE = 'webhook-secrets.key'

/** Encrypts the secrets of webhooks and the URLs of notification destinations and alert rules, each bound to the id of its row. */
export class WebhookSecrets extends SealingKey {
  constructor(passphrase: string) {
    super(passphrase, {
      purpose: 'cairn webhooks',
      otherKey:
        'The secret of this webhook was encrypted with another key: set the same CAIRN_WEBHOOK_SECRET_KEY on all servers of this database, or set the secret again.',
    })
  }

  /** Opens the configured key, or the one in the data folder, which is created at the first start. */
  static async open(config: { data: string; webhook_secret_key: string }): Promise<WebhookSecrets> {
    return new WebhookSecrets(
      config.webhook_secret_key || (await openKeyFile(join(config.data, WEBHOOK_KEY_FILE))),
    )
  }
}
