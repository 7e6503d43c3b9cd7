import type { Identities, ListOptions } from '@cairn/platform/auth/identities'
import type { PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { CatalogSchema } from '../schema.js'
import { attributesOf } from './scim.js'
import { candidates } from './scim-candidates.js'
import { comparisonsOf, matchesFilter, type ScimFilter } from './scim-filter.js'

const BATCH = 1_000

interface SearchOptions {
  readonly db: Db<CatalogSchema>
  readonly identities: Identities
}

/** Returns the principals of a type that match a filter. Reads candidates in batches, and keeps one page. */
export async function searchPrincipals(
  { db, identities }: SearchOptions,
  type: PrincipalType,
  filter: ScimFilter,
  { offset = 0, limit = 10_000, ...scope }: ListOptions,
): Promise<{ rows: PrincipalRow[]; total: number }> {
  const groupsOf = await groupsOfMembers(identities, type, filter)
  const rows: PrincipalRow[] = []
  let total = 0
  for await (const batch of batches(db, type, filter, scope))
    for (const row of batch) {
      const attributes = attributesOf(row)
      const members = [...groupsOf].filter(([, groups]) => groups.has(row.id)).map(([id]) => id)
      if (!matchesFilter(filter, (name) => (name === 'members' ? members : attributes(name)))) continue
      if (total >= offset && rows.length < limit) rows.push(row)
      total++
    }
  return { rows, total }
}

/** The groups of the members that a filter names. */
async function groupsOfMembers(identities: Identities, type: PrincipalType, filter: ScimFilter) {
  const groupsOf = new Map<string, ReadonlySet<string>>()
  for (const { attribute, value } of comparisonsOf(filter))
    if (attribute === 'members' && type === 'group') {
      const groups = await identities.groupsOf(String(value))
      groupsOf.set(String(value), new Set(groups.map(({ id }) => id)))
    }
  return groupsOf
}

type Scope = Pick<ListOptions, 'ids' | 'by' | 'descending'>

/** The principals of a type that may match a filter, in order. */
async function* batches(
  db: Db<CatalogSchema>,
  type: PrincipalType,
  filter: ScimFilter,
  { ids, by = 'name', descending = false }: Scope,
): AsyncGenerator<readonly PrincipalRow[]> {
  const condition = candidates(filter, type, db.dialect)
  const few = condition && (await fewCandidates(db, condition))
  const direction = descending ? 'desc' : 'asc'
  const follows = descending ? sql`<` : sql`>`
  for (let last: PrincipalRow | undefined; ; ) {
    const source = few ? rowsOf(few) : sql<PrincipalRow>`principals`
    let query = db.read.selectFrom(source.as('found')).selectAll().where('type', '=', type)
    if (ids) query = query.where('id', 'in', ['', ...ids])
    if (condition && !few) query = query.where(condition)
    if (last) query = query.where(sql<SqlBool>`(${sql.ref(by)}, name) ${follows} (${last[by]}, ${last.name})`)
    const rows = await query.orderBy(by, direction).orderBy('name', direction).limit(BATCH).execute()
    yield rows
    if (rows.length < BATCH) return
    last = rows.at(-1)!
  }
}

/** Returns the ids that meet a condition, unless there are many. Without an order, planners use the indexes of the condition. */
async function fewCandidates(db: Db<CatalogSchema>, condition: RawBuilder<SqlBool>) {
  const rows = await db.read.selectFrom('principals').select('id').where(condition).limit(BATCH).execute()
  return rows.length < BATCH ? rows.map(({ id }) => id) : undefined
}

/** The limit makes SQLite look the rows up by id, instead of reading all principals in the order of the page. */
const rowsOf = (ids: readonly string[]) =>
  sql<PrincipalRow>`(select * from principals where id in (${sql.join(['', ...ids])}) limit ${BATCH})`
