import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { NamedGrant } from '@cairn/platform/auth/grants'
import { grantableOn } from '@cairn/platform/protocol/privileges'
import type { EffectiveAssignment, PrivilegeAssignment } from '@cairn/platform/protocol/unity/permissions'
import type { Spelling } from './spelling.js'

/** Returns one entry per principal, in the order of the grants. */
export function assignments(grants: readonly NamedGrant[], spell: Spelling): PrivilegeAssignment[] {
  const byPrincipal = new Map<string, string[]>()
  for (const { principal, privilege } of grants) {
    const spelled = spell(privilege)
    if (spelled !== undefined) byPrincipal.set(principal, [...(byPrincipal.get(principal) ?? []), spelled])
  }
  return [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges }))
}

/**
 * Returns the privileges that the grants on a chain give on its first securable, each with the securable that it is inherited
 * from. With `holder`, all are listed under that principal, and the grants of its groups have `via_group`.
 */
export function effectiveAssignments(
  chain: SecurableChain,
  grants: readonly NamedGrant[],
  spell: Spelling,
  holder?: string,
): EffectiveAssignment[] {
  const byPrincipal = new Map<string, EffectiveAssignment['privileges']>()
  for (const securable of chain)
    for (const grant of grants.filter(({ securable_id }) => securable_id === securable.id)) {
      const privilege = spell(grant.privilege)
      if (privilege === undefined || !grantableOn(grant.privilege, chain[0].type)) continue
      const principal = holder ?? grant.principal
      const entry = {
        privilege,
        ...(securable !== chain[0] && {
          inherited_from_type: securable.type.toUpperCase(),
          inherited_from_name: securable.name,
        }),
        ...(principal !== grant.principal && { via_group: grant.principal }),
      }
      byPrincipal.set(principal, [...(byPrincipal.get(principal) ?? []), entry])
    }
  return [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges }))
}
