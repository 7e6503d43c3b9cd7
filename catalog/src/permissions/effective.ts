import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { NamedGrant } from '@cairn/platform/auth/grants'
import type { EffectiveAssignment, PrivilegeAssignment } from '@cairn/platform/protocol/permissions'
import { grantableOn } from '@cairn/platform/protocol/privileges'
import type { Spelling } from './spelling.js'

/** One entry a principal, in the order of the grants. */
export function assignments(grants: readonly NamedGrant[], spell: Spelling): PrivilegeAssignment[] {
  const byPrincipal = new Map<string, string[]>()
  for (const { principal, privilege } of grants) {
    const spelled = spell(privilege)
    if (spelled !== undefined) byPrincipal.set(principal, [...(byPrincipal.get(principal) ?? []), spelled])
  }
  return [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges }))
}

/**
 * What grants on a chain come to on its first securable: each privilege that means something there, with the securable
 * it is inherited from. `holder` gathers them under the one principal asked about, its groups' grants by their group.
 */
export function effectiveAssignments(
  chain: SecurableChain,
  grants: readonly NamedGrant[],
  spell: Spelling,
  holder?: string,
): EffectiveAssignment[] {
  const byPrincipal = new Map<string, EffectiveAssignment['privileges']>()
  for (const securable of chain)
    for (const grant of grants.filter((one) => one.securable_id === securable.id)) {
      const privilege = spell(grant.privilege)
      if (privilege === undefined || !grantableOn(grant.privilege, chain[0].type)) continue
      const who = holder ?? grant.principal
      const entry = {
        privilege,
        ...(securable !== chain[0] && {
          inherited_from_type: securable.type.toUpperCase(),
          inherited_from_name: securable.name,
        }),
        ...(who !== grant.principal && { via_group: grant.principal }),
      }
      byPrincipal.set(who, [...(byPrincipal.get(who) ?? []), entry])
    }
  return [...byPrincipal].map(([principal, privileges]) => ({ principal, privileges }))
}
