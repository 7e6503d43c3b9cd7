import { Coalesced, type GuardedChange } from './coalesce.js'
import type { LoggedEvent } from './log.js'

const MOST_SUBJECTS = 1_000

export interface Delivery {
  /** Where to go on from after this. */
  readonly position: string
  /** Something may be missing: everything is to be read anew. */
  readonly reset: boolean
  readonly noted: readonly GuardedChange[]
}

/** What one listener has not taken yet: the latest of each subject, and never more than a thousand of them. */
export class Mailbox {
  #waiting = new Coalesced<GuardedChange>(MOST_SUBJECTS)
  #position: string | undefined
  #arrived: (() => void) | undefined
  #closed = false

  put(events: readonly LoggedEvent[]): void {
    for (const { subject, noted } of events)
      if (noted) this.#waiting.put(subject, noted)
      else this.#waiting.overflow()
    this.#position = events.at(-1)?.position ?? this.#position
    this.#arrived?.()
  }

  close(): void {
    this.#closed = true
    this.#arrived?.()
  }

  /** What has gathered, as soon as there is something; undefined after `patienceMs` without, 'closed' at the end. */
  async take(patienceMs: number): Promise<Delivery | 'closed' | undefined> {
    if (this.#waiting.isEmpty && !this.#closed) await this.#wait(patienceMs)
    if (this.#closed) return 'closed'
    if (this.#waiting.isEmpty || this.#position === undefined) return undefined
    const { overflowed } = this.#waiting
    const noted = this.#waiting.entries().map(([, one]) => one)
    this.#waiting = new Coalesced(MOST_SUBJECTS)
    return { position: this.#position, reset: overflowed, noted }
  }

  async #wait(patienceMs: number) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs)
      this.#arrived = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#arrived = undefined
  }
}
