export interface PollLoopOptions {
  /** The work of a turn. Turns never overlap. */
  readonly turn: () => Promise<unknown>
  /** The pause from the end of one turn to the start of the next. */
  readonly intervalMs: number
  /** Each further failure doubles the pause up to this limit. Default 8 × `intervalMs`; `intervalMs` disables the back-off. */
  readonly maxIntervalMs?: number
  readonly onError: (error: unknown) => void
  /** True to let the process exit while the loop pauses. */
  readonly unref?: boolean
}

/** Runs a turn periodically and on demand, one at a time. A failed turn is reported, and the loop continues. */
export class PollLoop {
  readonly #options: Required<PollLoopOptions>
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isWoken = false
  #isStopped = true
  #failures = 0

  constructor(options: PollLoopOptions) {
    this.#options = { maxIntervalMs: 8 * options.intervalMs, unref: false, ...options }
  }

  /** Starts the loop. @param immediately false if the first turn comes after a pause */
  start({ immediately = true }: { readonly immediately?: boolean } = {}): void {
    this.#isStopped = false
    if (immediately) this.wake()
    else if (!this.#running) this.#schedule()
  }

  /** Runs a turn now, or right after the running one. Does nothing while the loop is stopped. */
  wake(): void {
    if (this.#isStopped) return
    this.#isWoken = true
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when the running turn has ended. The loop can be started again. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run() {
    clearTimeout(this.#timer)
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false
      await this.#turn()
    }
    this.#running = undefined
    if (!this.#isStopped) this.#schedule()
  }

  async #turn() {
    try {
      await this.#options.turn()
      this.#failures = 0
    } catch (error) {
      this.#failures++
      this.#isWoken = false // a wake-up during the failed turn waits for the back-off too
      this.#options.onError(error)
    }
  }

  #schedule() {
    const { intervalMs, maxIntervalMs, unref } = this.#options
    const backOff = intervalMs * 2 ** Math.max(0, this.#failures - 1)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.wake(), Math.min(backOff, maxIntervalMs))
    if (unref) this.#timer.unref()
  }
}
