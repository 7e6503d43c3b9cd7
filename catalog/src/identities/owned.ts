import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'

const LIMIT = 5

/** Up to five names of securables that a principal owns; they need another owner before it can be deleted. */
export async function ownedSecurables(db: Db<AuthSchema>, principalId: string): Promise<string[]> {
  const { rows } = await sql<{ type: string; parent_id: string | null; name: string }>`
    select object.type, object.parent_id,
      coalesce(container.name || '.', '') || coalesce(parent.name || '.', '') || object.name as name
    from securables as object
    left join securables as parent on parent.id = object.parent_id
      and parent.type = case object.type when 'schema' then 'catalog' else 'schema' end
    left join securables as container on container.id = parent.parent_id and container.type = 'catalog'
    where object.owner = ${principalId} order by object.type, object.name limit ${LIMIT}`.execute(db.read)
  return rows.map(({ type, name }) => `${type.replaceAll('_', ' ')} ${name}`)
}
