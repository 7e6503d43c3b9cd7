/** Lets one event of a kind pass in each interval, and counts the others. */
export class Throttle {
  readonly #intervalMs: number
  readonly #kinds = new Map<string, { until: number; skipped: number }>()

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /**
   * @param kind one of a limited set
   * @param now milliseconds on a monotonic clock
   * @returns the number of events since the last one that passed; undefined if this one may not pass
   */
  take(kind: string, now: number): number | undefined {
    const known = this.#kinds.get(kind)
    if (known && now < known.until) {
      known.skipped++
      return undefined
    }
    this.#kinds.set(kind, { until: now + this.#intervalMs, skipped: 0 })
    return known?.skipped ?? 0
  }

  /** Forgets kinds without an event for an interval. @returns the number of events since the last one that passed, by kind */
  expire(now: number): [kind: string, skipped: number][] {
    const old = [...this.#kinds].filter(([, { until }]) => now >= until + this.#intervalMs)
    for (const [kind] of old) this.#kinds.delete(kind)
    return old.flatMap(([kind, { skipped }]) => (skipped > 0 ? [[kind, skipped]] : []))
  }
}
