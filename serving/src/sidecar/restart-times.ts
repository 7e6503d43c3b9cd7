const SHORT_MS = 60_000
const MAX_DELAY_MS = 60_000

interface Crashes {
  readonly count: number
  /** On the monotonic clock, in milliseconds. */
  readonly retryAt: number
}

/**
 * Delays the restarts of models whose process ends soon after it was ready, by 2, 4, … up to 60 s. The first restart is
 * immediate.
 */
export class RestartTimes {
  readonly #byDigest = new Map<string, Crashes>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** @param uptimeMs since the model was ready */
  recordCrash(digest: string, uptimeMs: number): void {
    if (uptimeMs > SHORT_MS) this.#byDigest.delete(digest)
    const count = (this.#byDigest.get(digest)?.count ?? 0) + 1
    const delay = count === 1 ? 0 : Math.min(2 ** (count - 1) * 1000, MAX_DELAY_MS)
    this.#byDigest.set(digest, { count, retryAt: this.#now() + delay })
  }

  /** How long the next start has to wait, in milliseconds. */
  delayOf(digest: string): number {
    return Math.max(0, (this.#byDigest.get(digest)?.retryAt ?? 0) - this.#now())
  }
}
