const MINUTE_MS = 60_000

/** Counts calls in windows of a minute. A window begins with its first call, so that any minute has at most twice the limit. */
export class RateWindow {
  readonly calls: number
  #used = 0
  #endsAt = Number.NEGATIVE_INFINITY

  /** @param calls the number of calls that a window allows */
  constructor(calls: number) {
    this.calls = calls
  }

  get remaining(): number {
    return this.calls - this.#used
  }

  get endsAt(): number {
    return this.#endsAt
  }

  hasEnded(now: number): boolean {
    return now >= this.#endsAt
  }

  /** Begins the next window if this one has ended. */
  hasRoom(now: number): boolean {
    if (this.hasEnded(now)) {
      this.#used = 0
      this.#endsAt = now + MINUTE_MS
    }
    return this.#used < this.calls
  }

  count(): void {
    this.#used++
  }
}
