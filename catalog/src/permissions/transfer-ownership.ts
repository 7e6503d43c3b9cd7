import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Securables } from '@cairn/platform/auth/securables'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'

/**
 * An object has one owner, who alone, or whoever owns the metastore, names another.
 *
 * @returns the id of the owner
 * @throws PERMISSION_DENIED; RESOURCE_CONFLICT if the owner has changed meanwhile; INVALID_PARAMETER_VALUE for a group as the owner of a job
 */
export async function transferOwnership(
  { authorizer, securables }: { readonly authorizer: Authorizer; readonly securables: Securables },
  chain: SecurableChain,
  holder: Principal,
  request: FastifyRequest,
): Promise<string> {
  const [object] = chain
  if (holder.id === object.owner) return object.owner
  if (holder.type === 'group' && object.type === 'job') throw invalid('A group cannot own a job.')
  const own = await authorizer.identities(request.principal)
  if (!chain.some(({ owner }) => own.has(owner)))
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${request.principal.name}' does not own ${object.type} '${object.name}' and so cannot name another owner.`,
    )
  await securables.setOwner(object, holder.id)
  const nameOf = await authorizer.names([object.owner])
  request.noteChange({ field: 'owner', before: nameOf(object.owner), after: holder.name })
  return holder.id
}
