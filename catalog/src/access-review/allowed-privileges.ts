import { decide, type Grant, type GrantBasis, type SecurableChain } from '@cairn/platform/auth/decide'
import {
  grantableOn,
  PRIVILEGES,
  type Privilege,
  type SecurableType,
} from '@cairn/platform/protocol/privileges'

export interface AllowedPrivilege {
  readonly privilege: Privilege
  readonly basis: readonly GrantBasis[]
}

/** The privileges that exist on a type of securable. ALL PRIVILEGES stands for the others. */
export const privilegesOn = (type: SecurableType): readonly Privilege[] =>
  PRIVILEGES.filter((privilege) => privilege !== 'ALL PRIVILEGES' && grantableOn(privilege, type))

/** The privileges on the first securable of a chain that the production's decision allows, with the deciding grants. */
export function allowedPrivileges(
  identities: ReadonlySet<string>,
  chain: SecurableChain,
  grants: readonly Grant[],
): AllowedPrivilege[] {
  return privilegesOn(chain[0].type).flatMap((privilege) => {
    const decision = decide({ identities, privileges: [privilege], chain, grants })
    return decision.allowed ? [{ privilege, basis: decision.basis }] : []
  })
}
