import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securable, SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Securables } from '@cairn/platform/auth/securables'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'

/**
 * Checks a transfer of an object, which has one owner. Only the owner, or that of the metastore, may name another.
 *
 * @returns false if the holder already owns the object
 * @throws PERMISSION_DENIED; INVALID_PARAMETER_VALUE for a group as the owner of a job
 */
export async function checkTransfer(
  authorizer: Authorizer,
  chain: SecurableChain,
  holder: Principal,
  caller: Principal,
): Promise<boolean> {
  const [object] = chain
  if (holder.id === object.owner) return false
  if (holder.type === 'group' && object.type === 'job') throw invalid('A group cannot own a job.')
  const own = await authorizer.identities(caller)
  if (!chain.some(({ owner }) => own.has(owner)))
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${caller.name}' does not own ${object.type} '${object.name}' and so cannot name another owner.`,
    )
  return true
}

export async function noteOwner(
  authorizer: Authorizer,
  { owner }: Securable,
  holder: Principal,
  request: FastifyRequest,
): Promise<void> {
  const nameOf = await authorizer.names([owner])
  request.noteChange({ field: 'owner', before: nameOf(owner), after: holder.name })
}

/** @throws as `checkTransfer`; RESOURCE_CONFLICT if the owner has changed meanwhile */
export async function transferOwnership(
  { authorizer, securables }: { readonly authorizer: Authorizer; readonly securables: Securables },
  chain: SecurableChain,
  holder: Principal,
  request: FastifyRequest,
): Promise<void> {
  if (!(await checkTransfer(authorizer, chain, holder, request.principal))) return
  await securables.setOwner(chain[0], holder.id)
  await noteOwner(authorizer, chain[0], holder, request)
}
