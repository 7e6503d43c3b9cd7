import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import { post, type WebhookResponse } from '@cairn/platform/webhooks/post'
import type { WebhookRow } from '../schema.js'
import type { Secrets } from './secrets.js'
import { signedHeaders } from './signature.js'

interface WebhookSenderOptions {
  readonly destinations: Destinations
  readonly secrets: Secrets
  readonly timeoutMs: number
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
    const { destinations, secrets, timeoutMs, now } = this.#options
    const secret = webhook.secret === null ? undefined : secrets.unseal(webhook.secret, webhook.webhook_id)
    const limit = new TimeLimit(timeoutMs, stopped)
    try {
      const destination = await destinations.find(webhook.url)
      const headers = signedHeaders({ deliveryId, at: now(), body, secret })
      return await post({ ...destination, headers, body, signal: limit.signal })
    } catch (cause) {
      if (cause instanceof ApiError) throw cause
      const message = limit.isOver ? `No response within ${timeoutMs / 1000} seconds` : failureMessage(cause)
      throw new Error(message, { cause })
    } finally {
      limit.clear()
    }
  }
}

/** Not `AbortSignal.any`, which would retain every attempt on a signal that lives as long as the process. */
class TimeLimit {
  readonly #abort = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #stopped: AbortSignal | undefined
  readonly #stop = () => this.#abort.abort()
  isOver = false

  constructor(ms: number, stopped: AbortSignal | undefined) {
    this.#timer = setTimeout(() => {
      this.isOver = true
      this.#stop()
    }, ms)
    this.#stopped = stopped
    if (stopped?.aborted) this.#stop()
    stopped?.addEventListener('abort', this.#stop)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  clear() {
    clearTimeout(this.#timer)
    this.#stopped?.removeEventListener('abort', this.#stop)
  }
}

/** When several addresses were tried, the messages are in the aggregated errors. */
const failureMessage = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
