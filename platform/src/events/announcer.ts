import type { Securable } from '../auth/decide.js'
import type { Log } from '../jobs/deliver.js'
import type { Change } from '../protocol/cairn/events.js'
import { CoalescedChanges, type GuardedChange, subjectOf } from './coalesce.js'
import type { EventLog } from './log.js'

/** Announces a committed change. This costs only a map access, because changes are written later in batches. */
export type Announce = (change: Change, guard?: Securable) => void

const MAX_SUBJECTS = 5_000
const EVERY_MS = 250
const SOON_MS = 20
const RETRY_MS = 1_000
const PURGE_EVERY_MS = 60_000

/** Collects the changes that this process announces and writes them to the log at most a few times a second. */
export class Announcer {
  readonly #events: EventLog
  readonly #log: Log
  readonly #written: () => void
  #pending = new CoalescedChanges<GuardedChange>(MAX_SUBJECTS)
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #lastWrite = Number.NEGATIVE_INFINITY
  #lastPurge = performance.now()
  #closed = false

  /** @param written called after each append */
  constructor(events: EventLog, log: Log, written: () => void) {
    this.#events = events
    this.#log = log
    this.#written = written
  }

  readonly announce: Announce = (change, guard) => {
    this.#pending.put(subjectOf(change), guard ? { change, guard } : { change })
    this.#schedule(Math.max(SOON_MS, this.#lastWrite + EVERY_MS - performance.now()))
  }

  /** Writes the remaining changes. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#writing
    if (!this.#pending.isEmpty) await this.#write()
  }

  #schedule(ms: number) {
    if (this.#timer || this.#writing || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#writing = this.#write().then(
        () => this.#next(0),
        (error) => {
          this.#log.warn({ err: error }, 'events could not be written yet')
          this.#next(RETRY_MS)
        },
      )
    }, ms)
    this.#timer.unref()
  }

  #next(ms: number) {
    this.#writing = undefined
    if (!this.#pending.isEmpty) this.#schedule(Math.max(ms, EVERY_MS))
  }

  async #write() {
    const gathered = this.#pending
    this.#pending = new CoalescedChanges(MAX_SUBJECTS)
    try {
      if (gathered.overflowed) await this.#events.reset(async () => true)
      else await this.#events.append(gathered.entries())
    } catch (error) {
      this.#restore(gathered)
      throw error
    }
    this.#lastWrite = performance.now()
    this.#written()
    await this.#purge()
  }

  /** Puts changes that could not be written back, before those that were announced meanwhile. */
  #restore(gathered: CoalescedChanges<GuardedChange>) {
    const later = this.#pending
    this.#pending = gathered
    for (const [subject, change] of later.entries()) gathered.put(subject, change)
    if (later.overflowed) gathered.overflow()
  }

  async #purge() {
    if (performance.now() - this.#lastPurge < PURGE_EVERY_MS) return
    this.#lastPurge = performance.now()
    await this.#events
      .purge()
      .catch((error) => this.#log.warn({ err: error }, 'old events could not be removed'))
  }
}
