import type { ExpressionBuilder } from 'kysely'
import type { Db } from '../db/db.js'
import { Leases } from './leases.js'
import type { Outcome } from './outcome.js'

/** A row of the outbox of a service. */
export interface NotificationRow {
  id: string
  /** The URL, or the name of a receiver, which `Receivers` of the service resolve to its URL. */
  url: string
  /** JSON. */
  body: string
  attempts: number
  created_at: number
  /** When the notification may be sent. It is in the future while a process sends it. */
  due_at: number
  /** The process that sends it. */
  holder: string | null
}

/** Returns a new notification. @param now the time at which it may be sent */
export const newNotification = (
  { id, url, body }: Pick<NotificationRow, 'id' | 'url' | 'body'>,
  now: number,
): NotificationRow => ({ id, url, body, attempts: 0, created_at: now, due_at: now, holder: null })

interface OutboxSchema {
  outbox: NotificationRow
}

/** A time that is longer than any lease and retry delay. A later time was stored before the clock was set back. */
const MAX_AHEAD_MS = 2 * 60 * 60 * 1000

const isDue = (now: number) => (eb: ExpressionBuilder<OutboxSchema, 'outbox'>) =>
  eb.or([eb('due_at', '<=', now), eb('due_at', '>', now + MAX_AHEAD_MS)])

/** The notifications of a service that wait for their call. Every statement is safe with several servers on one database. */
export class Outbox {
  readonly #db: Db<OutboxSchema>
  readonly #table: 'outbox'
  readonly #now: () => number
  readonly leases: Leases

  /** @param table a table with the columns of `NotificationRow` */
  constructor(db: Db<unknown>, table: string, now: () => number) {
    this.#db = db.for<OutboxSchema>()
    this.#table = table as 'outbox'
    this.#now = now
    this.leases = new Leases(db, table, now)
  }

  /** Returns the URLs with due notifications, the longest waiting first. Only reads, so that polling commits nothing. */
  async dueUrls(): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom(this.#table)
      .select('url')
      .where(isDue(this.#now()))
      .groupBy('url')
      .orderBy((eb) => eb.fn.min('due_at'))
      .execute()
    return rows.map(({ url }) => url)
  }

  /** Claims the oldest due notification of a URL; undefined if another process was first. */
  claim(url: string, holder: string, leaseMs: number): Promise<NotificationRow | undefined> {
    const now = this.#now()
    return this.#db.transaction((tx) =>
      tx
        .updateTable(this.#table)
        .set({ holder, due_at: now + leaseMs })
        .where(isDue(now)) // evaluated again by PostgreSQL after waiting for the row
        .where('id', '=', (eb) =>
          eb
            .selectFrom(this.#table)
            .select('id')
            .where('url', '=', url)
            .where(isDue(now))
            .orderBy('created_at')
            .orderBy('id')
            .limit(1),
        )
        .returningAll()
        .executeTakeFirst(),
    )
  }

  /** Stores the outcome of a call. If it is to be repeated, the other calls of its URL are postponed until then. */
  async settle(
    { id, url, attempts }: NotificationRow,
    holder: string,
    { state, retryAt }: Outcome,
  ): Promise<void> {
    await this.#db.transaction(async (tx) => {
      if (state !== 'pending') {
        await tx.deleteFrom(this.#table).where('id', '=', id).where('holder', '=', holder).execute()
        return
      }
      const due_at = retryAt ?? this.#now()
      await tx
        .updateTable(this.#table)
        .set({ attempts: attempts + 1, due_at, holder: null })
        .where('id', '=', id)
        .where('holder', '=', holder)
        .execute()
      await tx
        .updateTable(this.#table)
        .set({ due_at })
        .where('url', '=', url)
        .where('holder', 'is', null)
        .where('due_at', '<', due_at)
        .execute()
    })
  }
}
