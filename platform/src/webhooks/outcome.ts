import { ApiError, messageOf } from '../errors.js'
import type { WebhookResponse } from './post.js'

/** The result of an attempt. */
export interface Outcome {
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly status: number | undefined
  readonly error: string | undefined
  /** The time of the next attempt of a pending delivery. The default is now. */
  readonly retryAt?: number
}

const MAX_BACKOFF_MS = 60_000
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000
const JITTER_MS = 1000
const MAX_ERROR_LENGTH = 1000

interface Attempts {
  /** The number of attempts, including the last one. */
  readonly made: number
  readonly maxRetries: number
  readonly now: number
}

/** Returns whether a response confirms the delivery, which only 2xx does. Redirects are not followed. */
export const isSuccess = ({ status }: WebhookResponse) => status >= 200 && status < 300

/** Decides the state of a delivery after an attempt. */
export function outcomeOf(
  result: WebhookResponse | { readonly error: unknown },
  attempts: Attempts,
): Outcome {
  if ('error' in result) {
    const isFinal = result.error instanceof ApiError // a forbidden address or an unreadable secret, which a retry does not fix
    return retryOrFail(attempts, { status: undefined, error: clip(messageOf(result.error)) }, !isFinal)
  }
  if (isSuccess(result)) return { state: 'delivered', status: result.status, error: undefined }
  const { status, body, retryAfterMs } = result
  const isRedirect = status >= 300 && status < 400
  const error = isRedirect ? 'Redirects are not followed' : `The receiver responded: ${body}`
  const retryable = status === 408 || status === 429 || status >= 500
  return retryOrFail(attempts, { status, error: clip(error) }, retryable, retryAfterMs)
}

function retryOrFail(
  { made, maxRetries, now }: Attempts,
  result: Pick<Outcome, 'status' | 'error'>,
  retryable: boolean,
  retryAfterMs = 0,
): Outcome {
  if (!retryable || made > maxRetries) return { ...result, state: 'failed' }
  const requestedMs = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)
  return { ...result, state: 'pending', retryAt: now + Math.max(backoffMs(made), requestedMs) }
}

/** Returns 1, 2, 4, … 60 seconds in milliseconds, with up to one second of jitter. */
const backoffMs = (made: number) =>
  Math.min(1000 * 2 ** (made - 1), MAX_BACKOFF_MS) + Math.floor(Math.random() * JITTER_MS)

/** Shortens a text, and replaces NUL characters, which a response may contain and PostgreSQL rejects. */
const clip = (text: string) => text.slice(0, MAX_ERROR_LENGTH).replaceAll('\0', '\ufffd')
