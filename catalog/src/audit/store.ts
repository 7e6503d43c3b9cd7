import type { AuditOutcome, AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'

/** Values of columns. */
export type AuditMatch = Readonly<
  Partial<Record<'object_type' | 'object_id' | 'object_name' | 'catalog_id' | 'schema_id', string>>
>

export interface AuditFilter {
  /** Events that match any of these; absent: all. */
  readonly on?: readonly AuditMatch[]
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
}

/** The last event of a page: newest first, ties within a millisecond ordered by id. */
export type AuditPosition = readonly [time: number, id: string]

/** The most selective ones first. */
const EQUAL = {
  request_id: 'request_id',
  source_ip_address: 'source_ip_address',
  principal: 'principal',
  action: 'action_name',
  outcome: 'outcome',
  object_type: 'object_type',
} as const

const MAX_CONTAINERS = 20

export class AuditStore {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  /** Newest first. */
  async list(
    filter: AuditFilter,
    before: AuditPosition | undefined,
    limit: number,
  ): Promise<readonly AuditRow[]> {
    const lists = await Promise.all(
      auditQueries(this.#db, filter, before).map((query) => query.limit(limit).execute()),
    )
    if (lists.length === 1) return lists[0]!
    const byId = new Map(lists.flat().map((row) => [row.event_id, row]))
    return [...byId.values()].sort(newestFirst).slice(0, limit)
  }

  /** Resolves a full name: to objects that have or had it, and to the contents of such containers. */
  async named(securable: string): Promise<readonly AuditMatch[]> {
    const containers = await this.#db.read
      .selectFrom('audit_events')
      .select(['object_type', 'object_id'])
      .distinct()
      .where('object_name', '=', securable)
      .where(sql<string>`coalesce(object_type, '')`, 'in', ['catalog', 'schema'])
      .where('object_id', 'is not', null)
      .limit(MAX_CONTAINERS)
      .execute()
    return [
      { object_name: securable },
      ...containers.map(({ object_type, object_id }) => within(object_type!, object_id!)),
    ]
  }
}

/** An object of the catalog and what is in it. */
export const within = (type: string, id: string): AuditMatch =>
  type === 'catalog' || type === 'schema' ? { [`${type}_id`]: id } : { object_type: type, object_id: id }

/** A query for each of the matches, which reads one index from its end. */
export const auditQueries = (db: Db<AuthSchema>, filter: AuditFilter, before?: AuditPosition) =>
  (filter.on ?? [{}]).map((match) => queryOf(db, filter, { match, before }))

function queryOf(
  db: Db<AuthSchema>,
  filter: AuditFilter,
  { match, before }: { readonly match: AuditMatch; readonly before: AuditPosition | undefined },
) {
  const { start_time, end_time } = filter
  const matched = Object.entries(match)
  const equal = Object.entries(EQUAL).flatMap(([name, column]) => {
    const value = filter[name as keyof typeof EQUAL]
    return value === undefined || column in match ? [] : [[column, value] as const]
  })
  const indexed = matched.length > 0 ? matched : equal.splice(0, 1)
  let query: SelectQueryBuilder<AuthSchema, 'audit_events', AuditRow> = db.read
    .selectFrom('audit_events')
    .selectAll()
  for (const [column, value] of indexed) query = query.where(column as 'principal', '=', value)
  // Hidden from planners, which would prefer the index of a value that nearly all rows have.
  for (const [column, value] of equal)
    query = query.where(sql<SqlBool>`coalesce(${sql.ref(column)}, '') = ${value}`)
  if (start_time !== undefined) query = query.where('event_time', '>=', start_time)
  // One bound only, because SQLite would read an index from the other one.
  if (before && (end_time === undefined || before[0] < end_time))
    query = query.where(sql<SqlBool>`(event_time, event_id) < (${before[0]}, ${before[1]})`)
  else if (end_time !== undefined) query = query.where('event_time', '<', end_time)
  return query.orderBy('event_time', 'desc').orderBy('event_id', 'desc')
}

const newestFirst = (one: AuditRow, other: AuditRow) =>
  other.event_time - one.event_time || (one.event_id < other.event_id ? 1 : -1)
