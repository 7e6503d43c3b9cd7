import type { AuditOutcome, AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { pageOf } from '@cairn/platform/db/page'
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'

/** The values that columns of an event must have. */
export type AuditMatch = Readonly<
  Partial<Record<'object_type' | 'object_id' | 'object_name' | 'catalog_id' | 'schema_id', string>>
>

export interface AuditFilter {
  /** Only events that match any of these; default: all events. */
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

/** Columns by field of the filter, the most selective first. */
const EQUAL = {
  request_id: 'request_id',
  source_ip_address: 'source_ip_address',
  principal: 'principal',
  action: 'action_name',
  outcome: 'outcome',
  object_type: 'object_type',
} as const

const MAX_CONTAINERS = 20
/** A list reads at most this many events from an index to check the other filters. */
const SCANNED_EVENTS = 10_000

interface AuditPage {
  readonly events: readonly AuditRow[]
  /** The position at which the next page begins; absent after the last one. A page may be empty and have a next one. */
  readonly next?: AuditPosition
}

export class AuditStore {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  /**
   * Lists events, the newest first. Checks filters that no index answers on a bounded number of events.
   *
   * @param scanned the number of events to check at a time
   */
  async list(
    filter: AuditFilter,
    before: AuditPosition | undefined,
    limit: number,
    scanned = SCANNED_EVENTS,
  ): Promise<AuditPage> {
    const checkedUntil = await this.#checkedUntil(filter, before, scanned)
    const start_time = Math.max(filter.start_time ?? 0, checkedUntil ?? 0)
    const window = start_time > 0 ? { ...filter, start_time } : filter
    const lists = await Promise.all(
      auditQueries(this.#db, window, before).map((query) => query.limit(limit + 1).execute()),
    )
    const byId = new Map(lists.flat().map((row) => [row.event_id, row]))
    const { page, last } = pageOf([...byId.values()].sort(newestFirst), limit)
    if (last) return { events: page, next: [last.event_time, last.event_id] }
    return { events: page, ...(checkedUntil !== undefined && { next: [checkedUntil, ''] }) }
  }

  /** The time of the event at which the scan of an index ends; undefined if it reaches the oldest event. */
  async #checkedUntil(filter: AuditFilter, before: AuditPosition | undefined, scanned: number) {
    const ends = await Promise.all(
      scanQueries(this.#db, filter, before).map((query) =>
        query.clearSelect().select('event_time').offset(scanned).limit(1).executeTakeFirst(),
      ),
    )
    const times = ends.flatMap((end) => (end ? [end.event_time] : []))
    return times.length > 0 ? Math.max(...times) : undefined
  }

  /** Resolves a full name to the objects that have or had it, and to the contents of such containers. */
  async named(securable: string): Promise<readonly AuditMatch[]> {
    const found: AuditMatch[] = [{ object_name: securable }]
    for (const type of ['catalog', 'schema'] as const)
      for (let id = ''; found.length <= MAX_CONTAINERS; ) {
        const next = await containerQuery(this.#db, type, securable, id).executeTakeFirst()
        if (!next) break
        id = next.object_id!
        found.push(matchWithin(type, id))
      }
    return found
  }
}

/** Finds the next container that has or had a name. Steps from container to container skip their events, which may be a million. */
export const containerQuery = (db: Db<AuthSchema>, type: 'catalog' | 'schema', name: string, after: string) =>
  db.read
    .selectFrom('audit_events')
    .select('object_id')
    .where('object_name', '=', name)
    .where(sql<SqlBool>`object_type in ('catalog', 'schema')`) // as in the index
    .where('object_type', '=', type)
    .where('object_id', '>', after)
    .orderBy('object_id')
    .limit(1)

/** Matches the events of an object of the catalog and of everything in it. */
export const matchWithin = (type: string, id: string): AuditMatch =>
  type === 'catalog' || type === 'schema' ? { [`${type}_id`]: id } : { object_type: type, object_id: id }

/** Returns a query for each match. Each query reads one index from its end. */
export const auditQueries = (db: Db<AuthSchema>, filter: AuditFilter, before?: AuditPosition) =>
  conditionsOf(filter).map(({ indexed, checked }) => {
    let query = indexQuery(db, filter, { indexed, before })
    // `coalesce` keeps planners from using the index of a value that nearly all rows have.
    for (const [column, value] of checked)
      query = query.where(sql<SqlBool>`coalesce(${sql.ref(column)}, '') = ${value}`)
    return query
  })

/** Returns the scans of the indexes in those `auditQueries` that check further conditions on their rows. */
export const scanQueries = (db: Db<AuthSchema>, filter: AuditFilter, before?: AuditPosition) =>
  conditionsOf(filter)
    .filter(({ checked }) => checked.length > 0)
    .map(({ indexed }) => indexQuery(db, filter, { indexed, before }))

type Condition = readonly [column: string, value: string]

/** The conditions of each match: those that an index answers, and those that are checked on its rows. */
function conditionsOf(filter: AuditFilter) {
  return (filter.on ?? [{}]).map((match) => {
    const matched: Condition[] = Object.entries(match)
    const equal = Object.entries(EQUAL).flatMap(([name, column]): Condition[] => {
      const value = filter[name as keyof typeof EQUAL]
      return value === undefined || column in match ? [] : [[column, value]]
    })
    return matched.length > 0
      ? { indexed: matched, checked: equal }
      : { indexed: equal.slice(0, 1), checked: equal.slice(1) }
  })
}

function indexQuery(
  db: Db<AuthSchema>,
  { start_time, end_time }: AuditFilter,
  { indexed, before }: { indexed: readonly Condition[]; before: AuditPosition | undefined },
): SelectQueryBuilder<AuthSchema, 'audit_events', AuditRow> {
  let query = db.read.selectFrom('audit_events').selectAll()
  for (const [column, value] of indexed) query = query.where(column as 'principal', '=', value)
  if (start_time !== undefined) query = query.where('event_time', '>=', start_time)
  // With two upper bounds, SQLite may start the index scan at the wrong one.
  if (before && (end_time === undefined || before[0] < end_time))
    query = query.where(sql<SqlBool>`(event_time, event_id) < (${before[0]}, ${before[1]})`)
  else if (end_time !== undefined) query = query.where('event_time', '<', end_time)
  return query.orderBy('event_time', 'desc').orderBy('event_id', 'desc')
}

const newestFirst = (one: AuditRow, other: AuditRow) =>
  other.event_time - one.event_time || (one.event_id < other.event_id ? 1 : -1)
