import { ApiError, messageOf } from '@cairn/platform/errors'
import type { WebhookRow } from '../schema.js'
import type { Destinations } from './destinations.js'
import { post, type WebhookResponse } from './post.js'
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

/** Brings one body to one webhook, once. Each attempt bears its own time, so that receivers can refuse replays. */
export class WebhookSender {
  readonly #parts: WebhookSenderOptions

  constructor(parts: WebhookSenderOptions) {
    this.#parts = parts
  }

  /** @throws whatever keeps it from an answer: an address that is refused, a secret that cannot be read, the network */
  async send(
    webhook: WebhookRow,
    { deliveryId, body }: WebhookMessage,
    stopped?: AbortSignal,
  ): Promise<WebhookResponse> {
    const { destinations, secrets, timeoutMs, now } = this.#parts
    const secret = webhook.secret === null ? undefined : secrets.unseal(webhook.secret, webhook.webhook_id)
    const limit = new TimeLimit(timeoutMs, stopped)
    try {
      const destination = await destinations.find(webhook.url)
      const headers = signedHeaders({ deliveryId, at: now(), body, secret })
      return await post({ ...destination, headers, body, signal: limit.signal })
    } catch (cause) {
      if (cause instanceof ApiError) throw cause
      const words = limit.isOver ? `No answer within ${timeoutMs / 1000} seconds` : wordsOf(cause)
      throw new Error(words, { cause })
    } finally {
      limit.clear()
    }
  }
}

/** `AbortSignal.any` would tie every attempt to a signal that lives as long as the process. */
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

/** Where several addresses were tried, the sentence is in the errors of each. */
const wordsOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
