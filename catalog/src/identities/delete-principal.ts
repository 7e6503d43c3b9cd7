import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { AuthSchema, PrincipalRow } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'

const LIMIT = 5

interface Options {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
}

/**
 * Deletes a principal for the caller of a request.
 *
 * @throws PERMISSION_DENIED if it has more rights than the caller; RESOURCE_CONFLICT if it owns securables
 */
export async function deletePrincipal(
  { db, authorizer, identities }: Options,
  row: PrincipalRow,
  request: FastifyRequest,
): Promise<void> {
  request.noteSubject(row)
  await requireAuthorityOver(authorizer, request.principal, row)
  const owned = await ownedSecurables(db, row.id)
  if (owned.length > 0)
    throw new ApiError(
      'RESOURCE_CONFLICT',
      `'${row.name}' owns ${owned.map((name) => `'${name}'`).join(', ')}: transfer them to another owner first.`,
    )
  await identities.delete(row.id)
}

/** Returns up to five names of securables that a principal owns and must transfer before it is deleted. */
async function ownedSecurables(db: Db<AuthSchema>, principalId: string): Promise<string[]> {
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
