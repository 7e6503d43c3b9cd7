/** The times at which the reconciler may retry failed loads, in milliseconds on the monotonic clock. */
export class RetryTimes {
  readonly #byEndpoint = new Map<string, Map<string, number>>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get size(): number {
    return [...this.#byEndpoint.values()].reduce((sum, times) => sum + times.size, 0)
  }

  postpone(endpointId: string, attempt: string, ms: number): void {
    const times = this.#byEndpoint.get(endpointId) ?? new Map<string, number>()
    this.#byEndpoint.set(endpointId, times.set(attempt, this.#now() + ms))
  }

  isPostponed(endpointId: string, attempt: string): boolean {
    return (this.#byEndpoint.get(endpointId)?.get(attempt) ?? 0) > this.#now()
  }

  /** Removes the times of other endpoints, and those that have passed. */
  prune(endpointIds: ReadonlySet<string>): void {
    for (const [id, times] of this.#byEndpoint) {
      for (const [attempt, time] of times) if (time <= this.#now()) times.delete(attempt)
      if (times.size === 0 || !endpointIds.has(id)) this.#byEndpoint.delete(id)
    }
  }
}
