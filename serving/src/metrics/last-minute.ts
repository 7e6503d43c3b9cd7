const SECONDS = 60

/** Counts events of the last sixty seconds. */
export class LastMinute {
  readonly #now: () => number
  readonly #counts = new Float64Array(SECONDS)
  #second = 0

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  add(): void {
    this.#advance()
    this.#counts[this.#second % SECONDS]! += 1
  }

  get count(): number {
    this.#advance()
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Clears the seconds that have passed since the last call. */
  #advance() {
    const second = Math.floor(this.#now() / 1000)
    const passed = Math.min(second - this.#second, SECONDS)
    for (let n = 1; n <= passed; n++) this.#counts[(this.#second + n) % SECONDS] = 0
    if (passed === SECONDS) this.#counts.fill(0)
    if (second > this.#second) this.#second = second
  }
}
