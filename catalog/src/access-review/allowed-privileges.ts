import { type AccessRequest, decide, type GrantBasis } from '@cairn/platform/auth/decide'
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

/** The privileges that exist on a type of securable. ALL PRIVILEGES stands for the others, and DENY gives nothing. */
export const privilegesOn = (type: SecurableType): readonly Privilege[] =>
  PRIVILEGES.filter((one) => one !== 'ALL PRIVILEGES' && one !== 'DENY' && grantableOn(one, type))

/** The privileges on the first securable of a chain that the production's decision allows, with the deciding grants. */
export function allowedPrivileges(facts: Omit<AccessRequest, 'privileges'>): AllowedPrivilege[] {
  return privilegesOn(facts.chain[0].type).flatMap((privilege) => {
    const decision = decide({ ...facts, privileges: [privilege] })
    return decision.allowed ? [{ privilege, basis: decision.basis }] : []
  })
}
