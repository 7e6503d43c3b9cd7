interface Retry {
  readonly at: number
  readonly pauseMs: number
}

/** The times at which the reconciler may retry failed loads, in milliseconds on the monotonic clock. */
export class RetryTimes {
  readonly #byEndpoint = new Map<string, Map<string, Retry>>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get size(): number {
    return [...this.#byEndpoint.values()].reduce((sum, times) => sum + times.size, 0)
  }

  /** @param maxMs the pause doubles up to it with each further failure of the same attempt */
  postpone(endpointId: string, attempt: string, ms: number, maxMs = ms): void {
    const times = this.#byEndpoint.get(endpointId) ?? new Map<string, Retry>()
    const earlier = times.get(attempt)
    const pauseMs = earlier === undefined ? ms : Math.min(maxMs, 2 * earlier.pauseMs)
    this.#byEndpoint.set(endpointId, times.set(attempt, { at: this.#now() + pauseMs, pauseMs }))
  }

  isPostponed(endpointId: string, attempt: string): boolean {
    return (this.#byEndpoint.get(endpointId)?.get(attempt)?.at ?? 0) > this.#now()
  }

  /** Removes the times of other endpoints, and those after which the attempt has not failed for another pause. */
  prune(endpointIds: ReadonlySet<string>): void {
    for (const [id, times] of this.#byEndpoint) {
      for (const [attempt, { at, pauseMs }] of times) if (at + pauseMs <= this.#now()) times.delete(attempt)
      if (times.size === 0 || !endpointIds.has(id)) this.#byEndpoint.delete(id)
    }
  }
}
