import type { Log } from '../jobs/deliver.js'
import { PollLoop } from '../processes/poll-loop.js'
import type { EventLog } from './log.js'
import { Mailbox } from './mailbox.js'

const POLL_MS = 500

/** One open event stream. The tracking server sends the changes in its mailbox to the client over SSE. */
export interface Subscription {
  readonly mailbox: Mailbox
  /** The position from which events are delivered. */
  readonly position: string
  /** True if the requested position is not in the log. */
  readonly reset: boolean
  unsubscribe(): void
}

/** Reads the event log for all event streams of this process: after its own writes, and twice a second for those of others. */
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

  get subscribers(): number {
    return this.#mailboxes.size
  }

  /** Opens an event stream. @param after the position to resume from; the default is the end of the log */
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
        this.#remove(mailbox)
        throw error
      })
    return {
      mailbox,
      position: from === undefined || after === undefined ? last.position : after,
      reset: from === undefined,
      unsubscribe: () => this.#remove(mailbox),
    }
  }

  /** Reads now instead of at the next interval. */
  wake(): void {
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

  /** Delivers the events after `from`. An event that the regular read delivers too is coalesced. */
  async #replay(mailbox: Mailbox, from: number) {
    for (let id = from; ; ) {
      const events = await this.#events.after(id)
      if (events.length === 0) return
      mailbox.put(events)
      id = events.at(-1)!.id
    }
  }

  #remove(mailbox: Mailbox) {
    mailbox.close()
    this.#mailboxes.delete(mailbox)
    if (this.#mailboxes.size === 0) void this.#poll.stop()
  }
}
