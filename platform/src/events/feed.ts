import type { Log } from '../jobs/deliver.js'
import { PollLoop } from '../processes/poll-loop.js'
import type { EventLog } from './log.js'
import { Mailbox } from './mailbox.js'

const POLL_MS = 500

export interface Subscription {
  readonly mailbox: Mailbox
  /** The position from which it listens. */
  readonly position: string
  /** Whether what was asked for is no longer, or never was, in the log. */
  readonly reset: boolean
  leave(): void
}

/** Reads the log for all listeners of this process: as soon as it wrote to it itself, twice a second for what others wrote. */
export class Feed {
  readonly #events: EventLog
  readonly #poll: PollLoop
  readonly #mailboxes = new Set<Mailbox>()
  #readUpTo = 0

  constructor(events: EventLog, log: Log) {
    this.#events = events
    this.#poll = new PollLoop({
      turn: () => this.#read(),
      intervalMs: POLL_MS,
      onError: (error) => log.warn({ err: error }, 'events could not be read'),
      unref: true,
    })
  }

  get listeners(): number {
    return this.#mailboxes.size
  }

  /** @param after a position to go on from; from now on without one */
  async subscribe(after?: string): Promise<Subscription> {
    const last = await this.#events.last()
    const from = after === undefined ? last.id : await this.#events.find(after)
    const mailbox = new Mailbox()
    if (this.#mailboxes.size === 0) {
      await this.#poll.stop()
      this.#readUpTo = last.id
    }
    this.#mailboxes.add(mailbox)
    if (this.#mailboxes.size === 1) this.#poll.start()
    if (from !== undefined)
      await this.#replay(mailbox, from).catch((error) => {
        this.#leave(mailbox)
        throw error
      })
    return {
      mailbox,
      position: from === undefined || after === undefined ? last.position : after,
      reset: from === undefined,
      leave: () => this.#leave(mailbox),
    }
  }

  /** Looks now rather than at the next tick. */
  look(): void {
    this.#poll.wake()
  }

  close(): void {
    void this.#poll.stop()
    for (const mailbox of this.#mailboxes) mailbox.close()
  }

  async #read() {
    for (;;) {
      const events = await this.#events.after(this.#readUpTo)
      if (events.length === 0) return
      this.#readUpTo = events.at(-1)!.id
      for (const mailbox of this.#mailboxes) mailbox.put(events)
    }
  }

  /** Up to what all have read; an event that comes both ways is one change told once. */
  async #replay(mailbox: Mailbox, from: number) {
    for (let id = from; ; ) {
      const events = await this.#events.after(id)
      if (events.length === 0) return
      mailbox.put(events)
      id = events.at(-1)!.id
    }
  }

  #leave(mailbox: Mailbox) {
    mailbox.close()
    this.#mailboxes.delete(mailbox)
    if (this.#mailboxes.size === 0) void this.#poll.stop()
  }
}
