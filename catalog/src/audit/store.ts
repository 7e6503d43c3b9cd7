import type { AuditOutcome, AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { type SqlBool, sql } from 'kysely'

export interface AuditFilter {
  /** A full name; includes the securables in it. */
  readonly securable?: string
  /** An object that is not in a catalog; with a name, also events that know only the name. */
  readonly object?: { readonly id: string; readonly name?: string }
  /** A securable of the catalog, with the securables that are in it now. */
  readonly within?: { readonly type: string; readonly id: string }
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

const CATALOG_TYPES = ['catalog', 'schema', 'table', 'volume'] as const

export class AuditStore {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  /** Newest first. */
  list(filter: AuditFilter, before: AuditPosition | undefined, limit: number): Promise<AuditRow[]> {
    const { securable, object, within, start_time, end_time, since } = filter
    let query = this.#db.read.selectFrom('audit_events').selectAll()
    for (const [name, column] of Object.entries(EQUAL)) {
      const value = filter[name as keyof typeof EQUAL]
      if (value !== undefined) query = query.where(column as 'principal', '=', value)
    }
    if (securable !== undefined)
      query = query.where(
        sql<SqlBool>`(object_name = ${securable} or object_name like ${`${escapeLike(securable)}.%`} escape '!')`,
      )
    if (object)
      query = query.where(
        object.name === undefined
          ? sql<SqlBool>`object_id = ${object.id}`
          : sql<SqlBool>`(object_id = ${object.id} or object_id is null and object_name = ${object.name})`,
      )
    if (within)
      query = query.where('object_type', 'in', CATALOG_TYPES).where(
        sql<SqlBool>`object_id in (with recursive inside(type, id) as (
            select type, id from securables where type = ${within.type} and id = ${within.id}
            union all select securables.type, securables.id from securables
              join inside on securables.parent_id = inside.id and inside.type in ('catalog', 'schema')
              where securables.type in ('schema', 'table', 'volume')) select id from inside)`,
      )
    for (const from of [start_time, since])
      if (from !== undefined) query = query.where('event_time', '>=', from)
    if (end_time !== undefined) query = query.where('event_time', '<', end_time)
    // A comparison of rows continues in the index; `or` would begin at the newest event for each page.
    if (before) query = query.where(sql<SqlBool>`(event_time, event_id) < (${before[0]}, ${before[1]})`)
    return query.orderBy('event_time', 'desc').orderBy('event_id', 'desc').limit(limit).execute()
  }
}

const escapeLike = (text: string) => text.replace(/[!%_]/g, '!$&')
