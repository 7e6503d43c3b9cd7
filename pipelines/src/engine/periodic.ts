import type { Log } from '@cairn/platform/jobs/deliver'

/** Runs `work` every so often and when asked, never twice at once; a failure is logged and the next round tries again. */
export class Periodic {
  readonly #work: () => Promise<void>
  readonly #everyMs: number
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #closed = false

  constructor(work: () => Promise<void>, everyMs: number, log: Log) {
    this.#work = work
    this.#everyMs = everyMs
    this.#log = log
  }

  /** Does a round now, or another one after the present. */
  now(): void {
    if (this.#closed) return
    this.#again = true
    this.#running ??= this.#rounds()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #rounds() {
    clearTimeout(this.#timer)
    while (this.#again && !this.#closed) {
      this.#again = false
      await this.#work().catch((error: unknown) =>
        this.#log.warn({ err: error }, 'a round of the engine failed'),
      )
    }
    this.#running = undefined
    if (!this.#closed) this.#timer = setTimeout(() => this.now(), this.#everyMs)
  }
}
