import { CairnError } from '../cairn-error.js'

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504])

/** 429 means "not done", so any call may be repeated; the others only where repeating changes nothing. */
export function mayRetry(error: unknown, idempotent: boolean): boolean {
  if (!(error instanceof CairnError)) return false
  if (error.status === 429) return true
  return idempotent && (error.status === 0 || TRANSIENT.has(error.status))
}

/**
 * Milliseconds before attempt `attempt + 1`: exponential with full jitter over the upper half, capped, and never
 * earlier than the server asked (`Retry-After`, seconds).
 */
export function retryDelayMs(attempt: number, retryAfter: string | null, random = Math.random): number {
  const ceiling = Math.min(10_000, 200 * 2 ** (attempt - 1))
  const jittered = ceiling / 2 + (random() * ceiling) / 2
  const asked = Number(retryAfter ?? 0)
  return Number.isFinite(asked) && asked > 0 ? Math.min(60_000, asked * 1000) + jittered : jittered
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
