import { ApiError, messageOf } from '../errors.js'
import type { Destinations } from './destinations.js'
import { post, type WebhookResponse } from './post.js'

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SendOptions {
  readonly destinations: Destinations
  readonly timeoutMs: number
}

/** Sends a request once. @throws ApiError for a forbidden address, Error for network failures and timeouts */
export async function sendWebhook(
  { url, headers, body }: WebhookRequest,
  { destinations, timeoutMs }: SendOptions,
  stopped?: AbortSignal,
): Promise<WebhookResponse> {
  const limit = new TimeLimit(timeoutMs, stopped)
  try {
    const destination = await destinations.find(url)
    return await post({ ...destination, headers, body, signal: limit.signal })
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    const message = limit.isOver ? `No response within ${timeoutMs / 1000} seconds` : failureMessage(cause)
    throw new Error(message, { cause })
  } finally {
    limit.clear()
  }
}

/** A signal of a time limit or a stop. `AbortSignal.any` would retain every attempt as long as the process runs. */
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

/** Returns the message of an error. If several addresses were tried, it joins the messages of the aggregated errors. */
const failureMessage = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
