import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Transaction } from '../db/db.js'
import type { Columns } from '../db/dialect.js'
import type { Change } from '../protocol/cairn/events.js'
import type { GuardedChange } from './coalesce.js'
import type { EventRow, EventSchema } from './schema.js'

export interface LoggedEvent {
  readonly position: string
  readonly id: number
  readonly subject: string
  /** Absent if events may be missing before this one. */
  readonly guarded?: GuardedChange
}

const ROW: Columns = { id: 'bigint', subject: 'text', change: 'text', guard: 'text' }
const KEPT_ROWS = 10_000
const KEPT_MS = 15 * 60_000
const PAGE = 1_000

/**
 * The log of recent changes in the order of commits. Appends are rare, because changes are coalesced first. So they take a lock
 * that gives ids and commits the same order on PostgreSQL too: a reader that has read up to an id has missed nothing before it.
 */
export class EventLog {
  readonly #db: Db<EventSchema>
  readonly #now: () => number

  constructor(db: Db<EventSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Adds the first position to an empty log, so that a last one always exists. */
  async open(): Promise<void> {
    const known = await this.#db.read.selectFrom('event_log').select('last_id').executeTakeFirst()
    if (known) return
    await this.#db.transaction(async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('event_log')
        .values({ only_row: 1, last_id: 0 })
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows) await appendIn(tx, this.#db, [RESET], this.#now())
    })
  }

  append(entries: readonly (readonly [string, GuardedChange])[]): Promise<void> {
    return this.#db.transaction((tx) => appendIn(tx, this.#db, entries.map(toRow), this.#now()))
  }

  /** Appends a reset, which says that changes may be missing, if `because` returns true in the same transaction. */
  async reset(because: (tx: Transaction<EventSchema>) => Promise<boolean>): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      const mayMiss = await because(tx)
      if (mayMiss) await appendIn(tx, this.#db, [RESET], this.#now())
      return mayMiss
    })
  }

  /** Reads the next events after an id, at most a thousand. The first one is a reset if events before it were purged. */
  async after(id: number): Promise<LoggedEvent[]> {
    const rows = await this.#db.read
      .selectFrom('events')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    return rows.map((row, i) => toEvent(i === 0 && row.id > id + 1 ? { ...row, ...RESET } : row))
  }

  async last(): Promise<LoggedEvent> {
    return toEvent(
      await this.#db.read
        .selectFrom('events')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow(),
    )
  }

  /** Finds the id of a position; undefined if it was purged or belongs to another history. */
  async find(position: string): Promise<number | undefined> {
    const [, id, stamp] = /^(\d{1,15})-([0-9a-f]{12})$/.exec(position) ?? []
    if (!id || !stamp) return undefined
    const row = await this.#db.read
      .selectFrom('events')
      .select('id')
      .where('id', '=', Number(id))
      .where('stamp', '=', stamp)
      .executeTakeFirst()
    return row?.id
  }

  /** Deletes old events, but never the newest. */
  async purge(): Promise<void> {
    const { id: last } = await this.last()
    const old = this.#now() - KEPT_MS
    await this.#db.transaction((tx) =>
      tx
        .deleteFrom('events')
        .where('id', '<', last)
        .where((eb) => eb.or([eb('id', '<=', last - KEPT_ROWS), eb('time', '<', old)]))
        .execute(),
    )
  }
}

type Draft = Pick<EventRow, 'subject' | 'change' | 'guard'>

const RESET: Draft = { subject: 'reset', change: '', guard: null }

const toRow = ([subject, { change, guard }]: readonly [string, GuardedChange]): Draft => ({
  subject,
  change: JSON.stringify(change),
  guard: guard ? JSON.stringify(guard) : null,
})

async function appendIn(
  tx: Transaction<EventSchema>,
  { dialect }: Db<EventSchema>,
  drafts: readonly Draft[],
  time: number,
): Promise<void> {
  if (drafts.length === 0) return
  const { last_id } = await tx
    .updateTable('event_log')
    .set((eb) => ({ last_id: eb('last_id', '+', drafts.length) }))
    .returning('last_id')
    .executeTakeFirstOrThrow()
  const first = last_id - drafts.length + 1
  const source = dialect.rows(
    drafts.map((draft, i) => ({ id: first + i, ...draft })),
    ROW,
  )
  const stamp = randomBytes(6).toString('hex')
  await sql`insert into events (id, stamp, time, subject, change, guard)
    select id, ${stamp}, cast(${time} as bigint), subject, change, guard from ${source} as entry`.execute(tx)
}

const toEvent = ({ id, stamp, subject, change, guard }: EventRow): LoggedEvent => ({
  id,
  position: `${id}-${stamp}`,
  subject,
  ...(change && {
    guarded: { change: JSON.parse(change) as Change, ...(guard && { guard: JSON.parse(guard) }) },
  }),
})
