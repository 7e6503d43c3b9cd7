import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { GrantChange, Grants } from '@cairn/platform/auth/grants'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { Privilege } from '@cairn/platform/protocol/privileges'

/**
 * Returns the change of grants that an approval makes: it adds the granted privileges, removes a denial of the requester, and
 * adds the default privileges, which the first grant to the requester would otherwise replace.
 *
 * @throws INVALID_STATE when the object is denied to a group of the requester
 */
export async function approvalChange(
  authorizer: Authorizer,
  requester: Principal,
  granted: readonly Privilege[],
  chain: SecurableChain,
): Promise<GrantChange> {
  await rejectDeniedGroup(authorizer, requester, granted, chain)
  const kept: Privilege[] = []
  for (const privilege of authorizer.defaults[chain[0].type] ?? []) {
    const decision = await authorizer.decide(requester, privilege, chain)
    if (decision.allowed && decision.basis.some(({ isDefault }) => isDefault)) kept.push(privilege)
  }
  return { principal_id: requester.id, add: [...new Set([...granted, ...kept])], remove: ['DENY'] }
}

/** Rejects a temporary grant for a requester with DENY: the end of the grant would not restore the denial. @throws INVALID_STATE */
export async function rejectDenied(
  grants: Grants,
  requester: Principal,
  [object]: SecurableChain,
): Promise<void> {
  const own = await grants.onChain([object])
  if (!own.some((one) => one.principal_id === requester.id && one.privilege === 'DENY')) return
  throw new ApiError(
    'INVALID_STATE',
    `${object.type} '${object.name}' is denied to '${requester.name}': approve without an end, or remove DENY first.`,
  )
}

async function rejectDeniedGroup(
  authorizer: Authorizer,
  requester: Principal,
  granted: readonly Privilege[],
  chain: SecurableChain,
): Promise<void> {
  const decision = await authorizer.decide(requester, granted, chain)
  const deniedTo = decision.allowed ? [] : decision.missing.flatMap((one) => one.deniedTo ?? [])
  const group = deniedTo.find((id) => id !== requester.id)
  if (group === undefined) return
  const nameOf = await authorizer.names([group])
  throw new ApiError(
    'INVALID_STATE',
    `${chain[0].type} '${chain[0].name}' is denied to the group '${nameOf(group)}' of '${requester.name}': remove DENY first.`,
  )
}
