import { CairnError } from '../cairn-error.js'

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504])

/** 429 means that nothing was done, so any call may be retried; other errors only if the call is idempotent. */
export function mayRetry(error: unknown, idempotent: boolean): boolean {
  if (!(error instanceof CairnError)) return false
  if (error.status === 429) return true
  return idempotent && (error.status === 0 || TRANSIENT.has(error.status))
}

/**
 * Returns the milliseconds to wait before attempt `attempt + 1`: exponential back-off with jitter over the upper half,
 * capped, and at least the server's `Retry-After` (seconds).
 */
export function retryDelayMs(attempt: number, retryAfter: string | null, random = Math.random): number {
  const ceiling = Math.min(10_000, 200 * 2 ** (attempt - 1))
  const jittered = ceiling / 2 + (random() * ceiling) / 2
  const seconds = Number(retryAfter ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(60_000, seconds * 1000) + jittered : jittered
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
