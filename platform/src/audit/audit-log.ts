import type { Authorizer } from '../auth/authorizer.js'
import type { AuditRow, AuthSchema } from '../auth/schema.js'
import type { Db } from '../db/db.js'
import { ApiError } from '../errors.js'
import { PollLoop } from '../processes/poll-loop.js'
import type { PendingEvent } from './event.js'
import { isBadRow, putRows } from './put-rows.js'
import { rowsOf } from './rows.js'

const MINUTE_MS = 60_000
const FLUSH_MS = 1_000
const ROWS_AT_ONCE = 100
/** Successes are bounded too, but a reader of many objects is no attacker. */
const SUCCESSES_PER_REFUSAL = 10
const MAX_ENTRIES = 20_000

export interface AuditLogOptions {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  readonly now: () => number
  /** Rows of refusals and failures that a caller may fill in a minute. */
  readonly rowsPerMinute: number
  readonly onError: (error: unknown) => void
}

/** Equal events within a minute. */
interface Entry {
  readonly event: PendingEvent
  rows?: readonly AuditRow[]
  count: number
  lastTime: number
  /** The count that is in the database. */
  written: number
}

/** What equal events have in common. */
export interface EventKey {
  readonly caller: string
  readonly action: string
  /** Objects, address and so on. */
  readonly details: string
  readonly isSuccess: boolean
}

const textOf = ({ caller, isSuccess, action, details }: EventKey) =>
  `${caller} ${isSuccess} ${action} ${details}`

/**
 * Writes audit events (ADR 36). Committed events are durable when `commit` resolves. Counted events are written within a
 * second, one row for equal ones of a minute, whose count follows when the minute ends.
 */
export class AuditLog {
  readonly #options: AuditLogOptions
  readonly #loop: PollLoop
  #open = new Map<string, Entry>()
  #ended: Entry[] = []
  /** Rows in this minute: of the successes of a caller by action, and of its refusals. */
  readonly #used = new Map<string, number>()
  #minuteEnds = 0
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: AuditLogOptions) {
    this.#options = options
    this.#loop = new PollLoop({
      turn: () => this.#flush(false),
      intervalMs: FLUSH_MS,
      onError: options.onError,
      unref: true,
    })
  }

  now(): number {
    return this.#options.now()
  }

  start(): void {
    this.#loop.start()
  }

  /** Writes everything that was counted. */
  async close(): Promise<void> {
    await this.#loop.stop()
    await this.flush()
  }

  /** @throws INTERNAL_ERROR if the database accepts no rows; a row that it can never store is reported only */
  async commit(event: PendingEvent): Promise<void> {
    const { db, authorizer, onError } = this.#options
    try {
      await putRows(db, await rowsOf(event, authorizer))
    } catch (cause) {
      if (isBadRow(cause)) return onError(lost(event, cause))
      throw new ApiError('INTERNAL_ERROR', 'The change is made, but the audit log could not record it.', {
        cause,
      })
    }
  }

  /** @param make is called for the first of equal events only */
  count(key: EventKey, make: () => PendingEvent): void {
    const now = this.#options.now()
    if (now >= this.#minuteEnds || now < this.#minuteEnds - MINUTE_MS) this.#endMinute(now)
    const entry = this.#open.get(textOf(key)) ?? this.#add(key, make)
    entry.count++
    entry.lastTime = now
  }

  /** Writes what was counted so far. */
  flush(): Promise<void> {
    return this.#flush(true)
  }

  #add(eventKey: EventKey, make: () => PendingEvent): Entry {
    const { caller, action, isSuccess } = eventKey
    const { rowsPerMinute } = this.#options
    const budget = isSuccess ? rowsPerMinute * SUCCESSES_PER_REFUSAL : rowsPerMinute
    // By action, so that many reads of one kind do not hide those of another
    const purse = isSuccess ? `${caller} ${action}` : caller
    const used = this.#used.get(purse) ?? 0
    if (used < budget && this.#open.size < MAX_ENTRIES) {
      this.#used.set(purse, used + 1)
      return this.#put(textOf(eventKey), make())
    }
    // When there are too many callers, all of them share a row
    const key = `${this.#open.size < MAX_ENTRIES ? purse : 'everybody'} ${isSuccess}`
    return this.#open.get(key) ?? this.#put(key, collapsed(make(), isSuccess))
  }

  #put(key: string, event: PendingEvent): Entry {
    const entry = { event, count: 0, lastTime: event.time, written: 0 }
    this.#open.set(key, entry)
    return entry
  }

  #endMinute(now: number) {
    this.#minuteEnds = now - (now % MINUTE_MS) + MINUTE_MS
    for (const entry of this.#open.values()) if (entry.count !== entry.written) this.#ended.push(entry)
    this.#open = new Map()
    this.#used.clear()
    if (this.#ended.length <= MAX_ENTRIES) return
    const lost = this.#ended.splice(0, this.#ended.length - MAX_ENTRIES).length
    this.#options.onError(new Error(`The database accepts no audit rows: ${lost} of them are lost.`))
  }

  /** @param all false: counts of entries that are already in the database wait for the end of the minute */
  #flush(all: boolean): Promise<void> {
    const flushed = this.#flushing.then(async () => {
      const now = this.#options.now()
      if (now >= this.#minuteEnds) this.#endMinute(now)
      const ended = this.#ended
      this.#ended = []
      const open = [...this.#open.values()].filter(({ written, count }) =>
        all ? written !== count : written === 0,
      )
      const due = [...ended, ...open]
      try {
        for (let at = 0; at < due.length; at += ROWS_AT_ONCE)
          await this.#writeAll(due.slice(at, at + ROWS_AT_ONCE))
      } catch (error) {
        this.#ended.unshift(...ended.filter(({ written, count }) => written !== count))
        throw error
      }
    })
    this.#flushing = flushed.catch(() => undefined)
    return flushed
  }

  /** A row that can never be written must not stop the others. */
  async #writeAll(entries: readonly Entry[]) {
    try {
      await this.#write(entries)
    } catch (error) {
      if (!isBadRow(error)) throw error
      for (const entry of entries)
        await this.#write([entry]).catch((cause) => {
          if (!isBadRow(cause)) throw cause
          entry.written = entry.count
          this.#options.onError(lost(entry.event, cause))
        })
    }
  }

  async #write(entries: readonly Entry[]) {
    const { db, authorizer } = this.#options
    for (const entry of entries) entry.rows ??= await rowsOf(entry.event, authorizer)
    const counts = entries.map(({ count }) => count)
    const rows = entries.flatMap(({ rows, lastTime }, at) =>
      rows!.map((row) => ({ ...row, count: counts[at]!, last_time: lastTime })),
    )
    await putRows(db, rows)
    for (const [at, entry] of entries.entries()) entry.written = counts[at]!
  }
}

const lost = ({ action, requestId }: PendingEvent, cause: unknown) =>
  new Error(`The audit row of ${action} of request ${requestId} cannot be stored and is lost.`, { cause })

/** Stands for the events of a caller beyond its rows of a minute. */
function collapsed(event: PendingEvent, isSuccess: boolean): PendingEvent {
  const { subject: _subject, error: _error, ...rest } = event
  return {
    ...rest,
    ...(!isSuccess && { action: 'furtherRefusals', service: 'accounts' }),
    ...{ params: {}, decisions: [], named: [], changes: [] },
  }
}
