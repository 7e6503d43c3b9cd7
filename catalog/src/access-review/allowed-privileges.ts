import {
  type AccessRequest,
  basesOf,
  decide,
  type Grant,
  type GrantBasis,
  isOn,
  requirementsOf,
} from '@cairn/platform/auth/decide'
import {
  grantableOn,
  PRIVILEGES,
  type Privilege,
  type SecurableType,
} from '@cairn/platform/protocol/privileges'

/** More grants of a privilege are only counted. */
const MAX_LISTED = 20

export interface AllowedPrivilege {
  readonly privilege: Privilege
  readonly basis: readonly GrantBasis[]
  /** Other grants, ownerships and defaults that also give the privilege. */
  readonly others: readonly GrantBasis[]
  readonly othersLeftOut: number
  /** The smallest set of grants whose revocation ends the privilege; undefined if there is none or the reader may not see all of it. */
  readonly toEnd: readonly GrantBasis[] | undefined
}

type Facts = Omit<AccessRequest, 'privileges'>

/** Returns the privileges that exist on a type of securable, without ALL PRIVILEGES, which implies them, and DENY. */
export const privilegesOn = (type: SecurableType): readonly Privilege[] =>
  PRIVILEGES.filter((one) => one !== 'ALL PRIVILEGES' && one !== 'DENY' && grantableOn(one, type))

/** Returns the privileges that `decide` allows on the first securable of a chain, with all grants that give them. */
export function allowedPrivileges(facts: Facts): AllowedPrivilege[] {
  return privilegesOn(facts.chain[0].type).flatMap((privilege) => {
    const decision = decide({ ...facts, privileges: [privilege] })
    if (!decision.allowed) return []
    const bases = requirementsOf([privilege], facts.chain).map((need) => [...basesOf(need, facts)])
    const others = distinct(bases.flatMap((all) => all.slice(1))).filter(
      (one) => !decision.basis.some((deciding) => isSame(one, deciding)),
    )
    return [
      {
        ...{ privilege, basis: decision.basis, others: others.slice(0, MAX_LISTED) },
        othersLeftOut: Math.max(0, others.length - MAX_LISTED),
        toEnd: grantsToEnd(privilege, bases, facts),
      },
    ]
  })
}

/** Replaces the other grants to groups whose members the reader may not know by their number. */
export function withoutHidden(
  allowed: AllowedPrivilege,
  isShown: (holder: string) => boolean,
): AllowedPrivilege {
  const others = allowed.others.filter((one) => isShown(one.principal_id))
  const hidden = allowed.others.length - others.length
  const isWhole = allowed.toEnd?.every((one) => isShown(one.principal_id))
  return {
    ...{ ...allowed, others, othersLeftOut: allowed.othersLeftOut + hidden },
    toEnd: isWhole ? allowed.toEnd : undefined,
  }
}

const isSame = (one: GrantBasis, other: GrantBasis) =>
  one.privilege === other.privilege &&
  one.principal_id === other.principal_id &&
  one.securable === other.securable &&
  one.isDefault === other.isDefault

const distinct = (bases: readonly GrantBasis[]) =>
  bases.filter((one, at) => bases.findIndex((other) => isSame(one, other)) === at)

/** Revoking all grants that meet one requirement ends the privilege, unless a default then applies. Decides again to find out. */
function grantsToEnd(privilege: Privilege, bases: readonly (readonly GrantBasis[])[], facts: Facts) {
  const revocable = bases.filter(
    (all) => all.length <= MAX_LISTED && all.every((one) => one.privilege !== 'OWNER' && !one.isDefault),
  )
  return revocable
    .toSorted((one, other) => one.length - other.length)
    .find((all) => {
      const grants = facts.grants.filter((grant) => !all.some((one) => isGrantOf(grant, one)))
      return !decide({ ...facts, grants, privileges: [privilege] }).allowed
    })
}

const isGrantOf = (grant: Grant, { privilege, principal_id, securable }: GrantBasis) =>
  grant.privilege === privilege && grant.principal_id === principal_id && isOn(grant, securable)
