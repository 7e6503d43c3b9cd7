import type { Log } from '../jobs/deliver.js'
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
  readonly #log: Log
  readonly #mailboxes = new Set<Mailbox>()
  #readUpTo = 0
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<void> | undefined

  constructor(events: EventLog, log: Log) {
    this.#events = events
    this.#log = log
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
      await this.#reading
      this.#readUpTo = last.id
    }
    this.#mailboxes.add(mailbox)
    this.#timer ??= setInterval(() => this.look(), POLL_MS).unref()
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
    if (this.#mailboxes.size === 0 || this.#reading) return
    this.#reading = this.#read()
      .catch((error) => this.#log.warn({ err: error }, 'events could not be read'))
      .finally(() => {
        this.#reading = undefined
      })
  }

  close(): void {
    clearInterval(this.#timer)
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
    if (this.#mailboxes.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
