import { CoalescedChanges, type GuardedChange } from './coalesce.js'
import type { LoggedEvent } from './log.js'

const MAX_SUBJECTS = 1_000

export interface Delivery {
  /** The position to resume from. */
  readonly position: string
  /** Changes may be missing: the subscriber must refetch everything. */
  readonly reset: boolean
  readonly changes: readonly GuardedChange[]
}

/** The undelivered changes of one subscriber: the latest change of each subject, at most a thousand. */
export class Mailbox {
  #waiting = new CoalescedChanges<GuardedChange>(MAX_SUBJECTS)
  #position: string | undefined
  #arrived: (() => void) | undefined
  #closed = false

  put(events: readonly LoggedEvent[]): void {
    for (const { subject, guarded } of events)
      if (guarded) this.#waiting.put(subject, guarded)
      else this.#waiting.overflow()
    this.#position = events.at(-1)?.position ?? this.#position
    this.#arrived?.()
  }

  close(): void {
    this.#closed = true
    this.#arrived?.()
  }

  /** Resolves to the collected changes as soon as there are some, undefined after `timeoutMs`, or 'closed'. */
  async take(timeoutMs: number): Promise<Delivery | 'closed' | undefined> {
    if (this.#waiting.isEmpty && !this.#closed) await this.#wait(timeoutMs)
    if (this.#closed) return 'closed'
    if (this.#waiting.isEmpty || this.#position === undefined) return undefined
    const { overflowed } = this.#waiting
    const changes = this.#waiting.entries().map(([, one]) => one)
    this.#waiting = new CoalescedChanges(MAX_SUBJECTS)
    return { position: this.#position, reset: overflowed, changes }
  }

  async #wait(timeoutMs: number) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#arrived = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#arrived = undefined
  }
}
