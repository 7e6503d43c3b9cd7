import type { Securable } from '@cairn/platform/auth/decide'
import type { Identities } from '@cairn/platform/auth/identities'
import { ApiError, missing } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'

/**
 * Returns the change of owner that a request names, as a principal id, and records it in the audit log. Tokens with scopes
 * cannot grant rights.
 *
 * @throws RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED for a token with scopes
 */
export async function ownerChange(
  identities: Identities,
  name: string | undefined,
  request: FastifyRequest,
  securable: Securable,
): Promise<{ readonly owner?: string }> {
  if (name === undefined) return {}
  const { scopes } = request.principal
  if (scopes)
    throw new ApiError(
      'PERMISSION_DENIED',
      `owner: the token is only for ${scopes.join(', ')}; a token without scopes may name another owner.`,
    )
  const principal = await identities.find(name)
  if (!principal) throw missing(`Principal '${name}', named by owner, does not exist.`)
  const before = (await identities.find(securable.owner))?.name ?? securable.owner
  request.noteChange({ field: 'owner', before, after: principal.name })
  return { owner: principal.id }
}
