import { METASTORE } from '@cairn/platform/auth/metastore'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { type RawBuilder, type SqlBool, sql } from 'kysely'

/**
 * Matches requests for securables that one of the principals owns or manages, directly or through a container. The principal may
 * still lack USE on a container.
 */
export function isManagedBy(identities: ReadonlySet<string>): RawBuilder<SqlBool> {
  const ids = sql.join([...identities])
  return sql<SqlBool>`exists (
    select 1 from securables as object
    left join securables as parent on parent.id = object.parent_id and parent.type in ('catalog', 'schema')
    left join securables as above on above.id = parent.parent_id and above.type = 'catalog'
    where object.type = access_requests.securable_type and object.id = access_requests.securable_id
      and (object.owner in (${ids}) or parent.owner in (${ids}) or above.owner in (${ids})
        or exists (select 1 from grants where grants.securable_id in (object.id, parent.id, above.id)
          and grants.principal_id in (${ids}) and grants.privilege = 'MANAGE')))`
}

/** Returns how many of the securables the principals manage. */
export async function managedBy(
  db: Db<AuthSchema>,
  identities: ReadonlySet<string>,
): Promise<'all' | 'some' | 'none'> {
  if (identities.has(METASTORE[0].owner)) return 'all'
  const ids = [...identities]
  const grants = await db.read
    .selectFrom('grants')
    .select('securable_type')
    .distinct()
    .where('principal_id', 'in', ids)
    .where('privilege', '=', 'MANAGE')
    .execute()
  if (grants.some(({ securable_type }) => securable_type === 'metastore')) return 'all'
  if (grants.length > 0) return 'some'
  const owned = await db.read
    .selectFrom('securables')
    .select('id')
    .where('owner', 'in', ids)
    .limit(1)
    .executeTakeFirst()
  return owned ? 'some' : 'none'
}
