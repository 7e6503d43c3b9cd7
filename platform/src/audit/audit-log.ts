import type { Authorizer } from '../auth/authorizer.js'
import type { AuditRow, AuthSchema } from '../auth/schema.js'
import type { Db, Transaction } from '../db/db.js'
import { PollLoop } from '../processes/poll-loop.js'
import type { PendingEvent } from './event.js'
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
  /** Rows in this minute by caller and success. */
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

  async commit(event: PendingEvent): Promise<void> {
    const rows = await rowsOf(event, this.#options.authorizer)
    await this.#options.db.transaction((tx) => put(tx, rows))
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
    const purse = `${caller} ${isSuccess}`
    const used = this.#used.get(purse) ?? 0
    if (used < budget && this.#open.size < MAX_ENTRIES) {
      this.#used.set(purse, used + 1)
      return this.#put(textOf(eventKey), make())
    }
    const key = isSuccess ? `${purse} ${action}` : purse
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
          await this.#write(due.slice(at, at + ROWS_AT_ONCE))
      } catch (error) {
        this.#ended.unshift(...ended.filter(({ written, count }) => written !== count))
        throw error
      }
    })
    this.#flushing = flushed.catch(() => undefined)
    return flushed
  }

  async #write(entries: readonly Entry[]) {
    const { db, authorizer } = this.#options
    for (const entry of entries) entry.rows ??= await rowsOf(entry.event, authorizer)
    const counts = entries.map(({ count }) => count)
    const rows = entries.flatMap(({ rows, lastTime }, at) =>
      rows!.map((row) => ({ ...row, count: counts[at]!, last_time: lastTime })),
    )
    await db.transaction((tx) => put(tx, rows))
    for (const [at, entry] of entries.entries()) entry.written = counts[at]!
  }
}

async function put(tx: Transaction<AuthSchema>, rows: readonly AuditRow[]) {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx
      .insertInto('audit_events')
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .onConflict((on) =>
        on.column('event_id').doUpdateSet((eb) => ({
          count: eb.ref('excluded.count'),
          last_time: eb.ref('excluded.last_time'),
        })),
      )
      .execute()
}

/** Stands for the events of a caller beyond its rows of a minute. */
function collapsed(event: PendingEvent, isSuccess: boolean): PendingEvent {
  const { subject: _subject, error: _error, ...rest } = event
  return {
    ...rest,
    ...(!isSuccess && { action: 'furtherRefusals', service: 'accounts' }),
    ...{ params: {}, decisions: [], named: [], changes: [] },
  }
}
