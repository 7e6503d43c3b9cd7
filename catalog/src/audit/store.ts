import type { AuditOutcome, AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { type SqlBool, sql } from 'kysely'

export interface AuditFilter {
  /** A full name; includes the securables in it. */
  readonly securable?: string
  /** An object that is not in a catalog. */
  readonly object?: { readonly type: string; readonly id: string; readonly name: string }
  readonly object_type?: string
  readonly principal?: string
  readonly action?: string
  readonly outcome?: AuditOutcome
  readonly source_ip_address?: string
  readonly request_id?: string
  /** Milliseconds since the epoch, inclusive. */
  readonly start_time?: number
  /** Exclusive. */
  readonly end_time?: number
  /** From when the caller may read, inclusive. */
  readonly since?: number
}

/** The last event of a page: newest first, ties within a millisecond ordered by id. */
export type AuditPosition = readonly [time: number, id: string]

const EQUAL = {
  principal: 'principal',
  action: 'action_name',
  outcome: 'outcome',
  source_ip_address: 'source_ip_address',
  request_id: 'request_id',
  object_type: 'object_type',
} as const

export class AuditStore {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  /** Newest first. */
  list(filter: AuditFilter, before: AuditPosition | undefined, limit: number): Promise<AuditRow[]> {
    const { securable, object, start_time, end_time, since } = filter
    let query = this.#db.read.selectFrom('audit_events').selectAll()
    for (const [name, column] of Object.entries(EQUAL)) {
      const value = filter[name as keyof typeof EQUAL]
      if (value !== undefined) query = query.where(column as 'principal', '=', value)
    }
    if (securable !== undefined)
      query = query.where(
        sql<SqlBool>`(object_name = ${securable} or object_name like ${`${escapeLike(securable)}.%`} escape '!')`,
      )
    // Events that create an object may know only its name.
    if (object)
      query = query.where(
        sql<SqlBool>`(object_id = ${object.id} or object_id is null and object_name = ${object.name})`,
      )
    for (const from of [start_time, since])
      if (from !== undefined) query = query.where('event_time', '>=', from)
    if (end_time !== undefined) query = query.where('event_time', '<', end_time)
    if (before)
      query = query.where((eb) =>
        eb.or([
          eb('event_time', '<', before[0]),
          eb.and([eb('event_time', '=', before[0]), eb('event_id', '<', before[1])]),
        ]),
      )
    return query.orderBy('event_time', 'desc').orderBy('event_id', 'desc').limit(limit).execute()
  }
}

const escapeLike = (text: string) => text.replace(/[!%_]/g, '!$&')
