import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Outcome } from './deliveries.js'
import type { WebhookResponse } from './post.js'

const MAX_PAUSE_MS = 60_000
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000
const JITTER_MS = 1000
const MOST_CHARACTERS = 1000

interface Attempts {
  /** Made so far, the one that just ended included. */
  readonly made: number
  readonly maxRetries: number
  readonly now: number
}

/** Whether an answer says that the event has arrived. A redirect does not: it is not followed. */
export const isSuccess = ({ status }: WebhookResponse) => status >= 200 && status < 300

/** What becomes of a delivery after an attempt, which was answered or failed with an error. */
export function outcomeOf(
  result: WebhookResponse | { readonly error: unknown },
  attempts: Attempts,
): Outcome {
  if ('error' in result) {
    const refused = result.error instanceof ApiError // an address or a secret that trying again does not mend
    return again(attempts, { status: undefined, error: clip(messageOf(result.error)) }, !refused)
  }
  if (isSuccess(result)) return { state: 'delivered', status: result.status, error: undefined }
  const { status, body, retryAfterMs } = result
  const isRedirect = status >= 300 && status < 400
  const words = isRedirect ? 'Redirects are not followed' : `The receiver answered: ${body}`
  const worthRetrying = status === 408 || status === 429 || status >= 500
  return again(attempts, { status, error: clip(words) }, worthRetrying, retryAfterMs)
}

function again(
  { made, maxRetries, now }: Attempts,
  said: Pick<Outcome, 'status' | 'error'>,
  worthRetrying: boolean,
  retryAfterMs = 0,
): Outcome {
  if (!worthRetrying || made > maxRetries) return { ...said, state: 'failed' }
  const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)
  return { ...said, state: 'pending', retryAt: now + Math.max(pauseMs(made), asked) }
}

/** 1, 2, 4, … 60 seconds, and up to one more, so that many do not come back at once. */
const pauseMs = (made: number) =>
  Math.min(1000 * 2 ** (made - 1), MAX_PAUSE_MS) + Math.floor(Math.random() * JITTER_MS)

/** NUL characters, which a receiver may send to us, are no text to a database. */
const clip = (text: string) => text.slice(0, MOST_CHARACTERS).replaceAll('\0', '\ufffd')
