import type { Authorizer } from '../auth/authorizer.js'
import type { AuditRow, AuthSchema } from '../auth/schema.js'
import type { Db } from '../db/db.js'
import { ApiError } from '../errors.js'
import { PollLoop } from '../processes/poll-loop.js'
import { type EventKey, levelsOf, type RowDetail, wholeKey } from './budgets.js'
import type { PendingEvent } from './event.js'
import { isBadRow, putRows } from './put-rows.js'
import { rowsOf } from './rows.js'

const MINUTE_MS = 60_000
const FLUSH_MS = 1_000
const ROWS_AT_ONCE = 100
const MAX_ENTRIES = 20_000

export interface AuditLogOptions {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  readonly now: () => number
  /** The number of rows of refusals and failures that a caller may fill in a minute. */
  readonly rowsPerMinute: number
  /** The number of rows of a minute that keep the object. The same number of further rows keeps the caller. Default 20,000. */
  readonly maxEntries?: number
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

/**
 * Writes audit events (ADR 36). Committed events are durable when `commit` resolves. Counted events are written within a
 * second, one row for equal ones of a minute, whose count follows when the minute ends.
 */
export class AuditLog {
  readonly #options: AuditLogOptions
  readonly #maxEntries: number
  readonly #loop: PollLoop
  #open = new Map<string, Entry>()
  #ended: Entry[] = []
  /** The number of rows in this minute by budget. */
  readonly #used = new Map<string, number>()
  #minuteEnds = 0
  #flushing: Promise<void> = Promise.resolve()

  constructor(options: AuditLogOptions) {
    this.#options = options
    this.#maxEntries = options.maxEntries ?? MAX_ENTRIES
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

  /** @throws INTERNAL_ERROR if the database accepts no rows, INSUFFICIENT_STORAGE if its disk is full; a row that it can never store is reported only */
  async commit(event: PendingEvent): Promise<void> {
    const { db, authorizer, onError } = this.#options
    try {
      await putRows(db, await rowsOf(event, authorizer))
    } catch (cause) {
      if (isBadRow(cause)) return onError(lost(event, cause))
      throw unrecorded(cause)
    }
  }

  /** @param make is called for the first of equal events only */
  count(key: EventKey, make: () => PendingEvent): void {
    const now = this.#options.now()
    if (now >= this.#minuteEnds || now < this.#minuteEnds - MINUTE_MS) this.#endMinute(now)
    const entry = this.#open.get(wholeKey(key)) ?? this.#add(key, make)
    entry.count++
    entry.lastTime = now
  }

  /** Writes what was counted so far. */
  flush(): Promise<void> {
    return this.#flush(true)
  }

  /** Returns the first row of which no budget is used up. */
  #add(key: EventKey, make: () => PendingEvent): Entry {
    const levels = levelsOf(key, this.#options.rowsPerMinute)
    for (const { key, keeps, budgets } of levels.slice(0, -1)) {
      const known = this.#open.get(key)
      if (known) return known
      const hasRows = ([name, rows]: readonly [string, number]) => (this.#used.get(name) ?? 0) < rows
      if (this.#open.size >= this.#maxEntries || !budgets.every(hasRows)) continue
      for (const [name] of budgets) this.#used.set(name, (this.#used.get(name) ?? 0) + 1)
      return this.#put(key, reduced(make(), keeps))
    }
    const { key: last, keeps } = levels.at(-1)!
    const shared = this.#open.size < 2 * this.#maxEntries ? last : `all ${keeps}`
    return this.#open.get(shared) ?? this.#put(shared, withoutProof(reduced(make(), keeps)))
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
    if (this.#ended.length <= this.#maxEntries) return
    const lost = this.#ended.splice(0, this.#ended.length - this.#maxEntries).length
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

  /** Writes entries. A row that can never be written must not stop the others. */
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

/** A full disk keeps its code, because clients retry after other codes, although the change is made. */
const unrecorded = (cause: unknown) =>
  cause instanceof ApiError && cause.code === 'INSUFFICIENT_STORAGE'
    ? new ApiError(
        'INSUFFICIENT_STORAGE',
        'The disk of the database is full: the change is made, but the audit log could not record it.',
        { cause },
      )
    : new ApiError('INTERNAL_ERROR', 'The change is made, but the audit log could not record it.', { cause })

const lost = ({ action, requestId }: PendingEvent, cause: unknown) =>
  new Error(`The audit row of ${action} of request ${requestId} cannot be stored and is lost.`, { cause })

/** Returns the part of an event that a shared row keeps. */
function reduced(event: PendingEvent, keeps: RowDetail): PendingEvent {
  if (keeps === 'everything') return event
  const { subject, error: _error, ...rest } = event
  const bare = { ...rest, params: {}, changes: [] }
  if (keeps === 'objects') return { ...bare, ...(subject && { subject }) }
  const known = { ...bare, decisions: [], named: [] }
  return keeps === 'action' ? known : { ...known, action: 'furtherRefusals', service: 'accounts' }
}

/** Omits what differs between the events of a shared row: their addresses, tokens and so on. */
function withoutProof({ caller, ...event }: PendingEvent): PendingEvent {
  const only = caller && { id: caller.id, type: caller.type, name: caller.name }
  return { ...event, caller: only, authentication: '', address: '', userAgent: '' }
}
