import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Db } from '@cairn/platform/db/db'
import { byMatch, nameMatches } from '@cairn/platform/search/name-match'
import type { SearchQuery, SearchSource } from '@cairn/platform/search/sources'
import { sql } from 'kysely'
import type { CatalogSchema } from '../schema.js'

const TYPES = ['catalog', 'schema', 'table', 'volume'] as const
type Type = (typeof TYPES)[number]

/** A search checks at most this many of the best matches, even if the caller may see none of them. */
const MAX_DECIDED = 1_000
/** Number of matches per decision query. */
const BATCH = 100

/** Finds catalogs, schemas, tables and volumes that the caller may list, by the words of their full names. */
export const securableSource =
  (db: Db<CatalogSchema>, authorizer: Authorizer): SearchSource =>
  async (query) => {
    const found = await Promise.all(TYPES.map((type) => visible(db, authorizer, query, type)))
    return found.flatMap((names, i) => names.map((name) => ({ kind: TYPES[i]!, id: name, name })))
  }

async function visible(db: Db<CatalogSchema>, authorizer: Authorizer, query: SearchQuery, type: Type) {
  const chains = await matching(db, query, type)
  const names: string[] = []
  for (let i = 0; i < chains.length && names.length < query.limit; i += BATCH) {
    const some = chains.slice(i, i + BATCH)
    const decisions = await authorizer.decideAll(query.principal, KINDS[type].visibility, some)
    names.push(...some.flatMap(([{ name }], k) => (decisions[k]!.allowed ? [name] : [])))
  }
  return names.slice(0, query.limit)
}

async function matching(db: Db<CatalogSchema>, query: SearchQuery, type: Type): Promise<SecurableChain[]> {
  const { rows } = await sql<LevelsRow>`select * from (${LEVELS[type]}) as found
    where ${nameMatches(db, 'found.full_name', query)}
    order by case when ${db.dialect.lower(sql.ref('found.full_name'))} = ${query.text.toLowerCase()} then 0 else 1 end,
      ${byMatch(db, 'found.name', query)}, found.full_name limit ${MAX_DECIDED}`.execute(db.read)
  return rows.map((row) => chainOf(row, type))
}

interface LevelsRow {
  readonly full_name: string
  readonly name: string
  readonly id: string
  readonly owner: string
  readonly schema_id: string | null
  readonly schema_name: string | null
  readonly schema_owner: string | null
  readonly catalog_id: string | null
  readonly catalog_name: string | null
  readonly catalog_owner: string | null
}

const NO_SCHEMA = sql`null as schema_id, null as schema_name, null as schema_owner`
const CATALOG = sql`c.id as catalog_id, c.name as catalog_name, c.owner as catalog_owner`

const leaves = (type: 'table' | 'volume') => sql`
  select c.name || '.' || s.name || '.' || l.name as full_name, l.name, l.id, l.owner,
    s.id as schema_id, s.name as schema_name, s.owner as schema_owner, ${CATALOG}
  from securables as l join securables as s on s.type = 'schema' and s.id = l.parent_id
  join securables as c on c.type = 'catalog' and c.id = s.parent_id where l.type = ${type}`

const LEVELS = {
  catalog: sql`select c.name as full_name, c.name, c.id, c.owner, ${NO_SCHEMA},
    null as catalog_id, null as catalog_name, null as catalog_owner from securables as c where c.type = 'catalog'`,
  schema: sql`select c.name || '.' || s.name as full_name, s.name, s.id, s.owner, ${NO_SCHEMA}, ${CATALOG}
    from securables as s join securables as c on c.type = 'catalog' and c.id = s.parent_id where s.type = 'schema'`,
  table: leaves('table'),
  volume: leaves('volume'),
}

function chainOf(row: LevelsRow, type: Type): SecurableChain {
  const { catalog_id, catalog_name, schema_id } = row
  return [
    { type, id: row.id, name: row.full_name, owner: row.owner },
    ...(schema_id
      ? [
          {
            ...{ type: 'schema' as const, id: schema_id, name: `${catalog_name}.${row.schema_name}` },
            owner: row.schema_owner!,
          },
        ]
      : []),
    ...(catalog_id
      ? [{ type: 'catalog' as const, id: catalog_id, name: catalog_name!, owner: row.catalog_owner! }]
      : []),
    ...METASTORE,
  ]
}
