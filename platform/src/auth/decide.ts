import type { Privilege, SecurableType } from '../protocol/privileges.js'
import { KINDS } from './kinds.js'
import { EVERYONE } from './principal.js'

export interface Securable {
  readonly type: SecurableType
  /** Differs from the name, so that a securable that is created again does not inherit old grants. */
  readonly id: string
  readonly name: string
  /** Principal id. */
  readonly owner: string
  /** The securable does not exist, so it has no owner and no grants. */
  readonly absent?: true
}

/** The securable itself first, then its ancestors up to the metastore. */
export type SecurableChain = readonly [Securable, ...Securable[]]

/** Identifies a securable. */
export type SecurableId = Pick<Securable, 'type' | 'id'>

export interface Grant {
  readonly principal_id: string
  readonly securable_type: SecurableType
  readonly securable_id: string
  readonly privilege: Privilege
  /** Only reviews read it: expired grants are deleted. */
  readonly expires_at?: number | null
}

export interface AccessRequest {
  /** The principal and all groups that contain it, also indirectly. */
  readonly identities: ReadonlySet<string>
  /** Any one of them is sufficient. */
  readonly privileges: readonly Privilege[]
  readonly chain: SecurableChain
  /** The grants on the chain. Other grants are ignored. */
  readonly grants: readonly Grant[]
  readonly defaults: DefaultAccess
}

/** The privileges that a principal without a grant on an object has on it, by type (ADR 38). */
export type DefaultAccess = Readonly<Partial<Record<SecurableType, readonly Privilege[]>>>

/** A requirement that was met, and the grant or ownership that met it. */
export interface GrantBasis {
  readonly privilege: Privilege | 'OWNER'
  readonly securable: Securable
  readonly principal_id: string
  /** True if the privilege is given by default and not by a grant. */
  readonly isDefault?: true
  readonly expires_at?: number
}

export interface MissingPrivilege {
  readonly privileges: readonly Privilege[]
  readonly securable: Securable
  /** The principals to whom the securable is denied. */
  readonly deniedTo?: readonly string[]
}

export type Decision =
  | { readonly allowed: true; readonly basis: readonly GrantBasis[] }
  | { readonly allowed: false; readonly missing: readonly MissingPrivilege[] }

/**
 * Decides by Unity Catalog's rules: requires the privilege on the securable or an ancestor, and USE on every container
 * between. If BROWSE, which reveals only existence, is sufficient, it also replaces USE. The owner of a securable has all
 * privileges on it and on everything below. ALL PRIVILEGES does not contain MANAGE. Whatever nothing allows is denied. DENY on
 * an object outweighs the other grants and the default, but neither ownership nor administration (ADR 5, 35, 38).
 */
export function decide(request: AccessRequest): Decision {
  const basis: GrantBasis[] = []
  const missing: MissingPrivilege[] = []
  for (const need of requirementsOf(request.privileges, request.chain)) {
    const found = findBasis(need, request)
    if (found) basis.push(found)
    else missing.push({ privileges: need.privileges, securable: need.chain[0], ...denialOf(need, request) })
  }
  return missing.length > 0 ? { allowed: false, missing } : { allowed: true, basis }
}

function denialOf({ chain }: Requirement, { identities, grants }: AccessRequest) {
  const denials = grants.filter(
    (one) => one.privilege === 'DENY' && isOn(one, chain[0]) && identities.has(one.principal_id),
  )
  return denials.length > 0 ? { deniedTo: denials.map(({ principal_id }) => principal_id) } : {}
}

/** Privileges of which one must be granted on the first securable of the chain or on an ancestor. */
export interface Requirement {
  readonly privileges: readonly Privilege[]
  readonly chain: SecurableChain
}

export function requirementsOf(privileges: readonly Privilege[], chain: SecurableChain): Requirement[] {
  const all: Requirement[] = [{ privileges, chain }]
  const browse: readonly Privilege[] = privileges.includes('BROWSE') ? ['BROWSE'] : []
  chain.forEach((container, level) => {
    const { use } = KINDS[container.type]
    if (use && level > 0) all.push({ privileges: [use, ...browse], chain: chainFrom(chain, level) })
  })
  return all
}

export const chainFrom = (chain: SecurableChain, level: number) =>
  chain.slice(level) as unknown as SecurableChain

export const isOn = (grant: Pick<Grant, 'securable_type' | 'securable_id'>, securable: Securable) =>
  grant.securable_id === securable.id && grant.securable_type === securable.type

const satisfies = (held: Privilege, wanted: readonly Privilege[]) =>
  held !== 'DENY' &&
  (wanted.includes(held) || (held === 'ALL PRIVILEGES' && wanted.some((one) => one !== 'MANAGE')))

/** The privileges of an administrator, if they are held above an object. */
export const ADMINISTRATION: readonly Privilege[] = ['MANAGE', 'ALL PRIVILEGES']

type Facts = Pick<AccessRequest, 'identities' | 'grants' | 'defaults'>

/** Returns the ownership or grant that decides: the first one that meets a requirement. */
export function findBasis(need: Requirement, facts: Facts): GrantBasis | undefined {
  for (const basis of basesOf(need, facts)) return basis
  return undefined
}

/** Yields each ownership, grant or default that meets a requirement, the nearest to the object first. */
export function* basesOf(
  { privileges, chain }: Requirement,
  { identities, grants, defaults }: Facts,
): Generator<GrantBasis> {
  const isOwn = (one: Grant, on: Securable) => isOn(one, on) && identities.has(one.principal_id)
  const [object] = chain
  const own = grants.filter((one) => isOwn(one, object))
  const isDenied = own.some(({ privilege }) => privilege === 'DENY')
  for (const securable of chain) {
    if (identities.has(securable.owner))
      yield { privilege: 'OWNER', securable, principal_id: securable.owner }
    const admits = ({ privilege }: Grant) =>
      satisfies(privilege, privileges) &&
      (!isDenied || (securable !== object && ADMINISTRATION.includes(privilege)))
    for (const grant of grants) {
      if (!isOwn(grant, securable) || !admits(grant)) continue
      const { privilege, principal_id, expires_at } = grant
      yield { privilege, securable, principal_id, ...(expires_at && { expires_at }) }
    }
  }
  const given = own.length === 0 && defaults[object.type]?.find((one) => privileges.includes(one))
  if (given) yield { privilege: given, securable: object, principal_id: EVERYONE.id, isDefault: true }
}
