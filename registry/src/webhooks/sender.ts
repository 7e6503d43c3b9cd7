import type { WebhookResponse } from '@cairn/platform/webhooks/post'
import { type SendOptions, sendWebhook } from '@cairn/platform/webhooks/send'
import type { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { WebhookRow } from '../schema.js'
import { signedHeaders } from './signature.js'

interface WebhookSenderOptions extends SendOptions {
  readonly secrets: WebhookSecrets
  readonly now: () => number
}

interface WebhookMessage {
  readonly deliveryId: string
  readonly body: string
}

/** Sends a message to a webhook once. Each attempt has its own timestamp, so that receivers can reject replays. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions

  constructor(options: WebhookSenderOptions) {
    this.#options = options
  }

  /** @throws ApiError for a forbidden address or an unreadable secret, Error for network failures and timeouts */
  async send(
    webhook: WebhookRow,
    { deliveryId, body }: WebhookMessage,
    stopped?: AbortSignal,
  ): Promise<WebhookResponse> {
    const { secrets, now } = this.#options
    const { url, secret: sealed, webhook_id } = webhook
    const secret = sealed === null ? undefined : secrets.unseal(sealed, webhook_id)
    const headers = signedHeaders({ deliveryId, at: now(), body, secret })
    return sendWebhook({ url, headers, body }, this.#options, stopped)
  }
}
