const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 5 * 60_000

interface Pause {
  readonly failures: number
  readonly since: number
  readonly until: number
}

/** Pauses of jobs whose triggers failed. Each failure doubles the pause. A restarted server tries at once. */
export class BackOff {
  readonly #pauses = new Map<number, Pause>()

  failed(jobId: number, now: number): void {
    const failures = (this.#pauses.get(jobId)?.failures ?? 0) + 1
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
    this.#pauses.set(jobId, { failures, since: now, until: now + pauseMs })
  }

  succeeded(jobId: number): void {
    this.#pauses.delete(jobId)
  }

  /** The jobs that pause now. A clock that was set back ends a pause. */
  pausing(now: number): number[] {
    for (const [jobId, { until }] of this.#pauses)
      if (now > until + LONGEST_PAUSE_MS) this.#pauses.delete(jobId) // The job was deleted, or another server handled it.
    return [...this.#pauses].filter(([, { since, until }]) => since <= now && now < until).map(([id]) => id)
  }
}
