import { ApiError } from '../errors.js'
import {
  type AccessRequest,
  chainFrom,
  decide,
  findBasis,
  type MissingPrivilege,
  requirementsOf,
  type Securable,
} from './decide.js'
import { isCatalogKind, KINDS } from './kinds.js'
import type { Principal, PrincipalLabel } from './principal.js'

/**
 * Returns the error for a denied request or an absent securable. A principal who can see the container learns which of the
 * two it is, what is missing and who can grant it. Otherwise both errors are the same and contain only names of the request.
 */
export function permissionDenied(
  request: AccessRequest,
  principal: Principal,
  personOf: (id: string) => PrincipalLabel,
): ApiError {
  const level = firstInvisible(request)
  const lost = request.chain[level]!
  const hidden = isHidden(request, level)
  if (lost.absent && !hidden)
    return new ApiError(KINDS[lost.type].notFound ?? 'RESOURCE_DOES_NOT_EXIST', notFound(lost))
  const { chain } = request
  const missing = missingPrivileges(request, level, hidden)
  const owners = new Set((hidden ? chain.slice(-1) : chain.slice(level)).map((one) => one.owner))
  const ask = [...owners].map(personOf)
  const details = {
    missing: missing.map(({ privileges, securable }) => ({
      privileges,
      securable_type: securable.type,
      securable: securable.name,
      ...(KINDS[securable.type].isNamed && !hidden && { securable_id: securable.id }),
    })),
    can_grant: ask.map(({ name }) => name),
    ask,
  }
  const what = missing.map(
    ({ privileges, securable }) => `${privileges.join(' or ')} on ${securable.type} '${securable.name}'`,
  )
  const askFor = `Ask ${ask.map(labelOf).join(' or ')} to grant it.`
  const message = hidden
    ? `'${principal.name}' may not use ${chain[0].type} '${chain[0].name}', or it does not exist: it takes ${what.join(' and ')}. ${askFor}`
    : `'${principal.name}' lacks ${what.join(' and ')}. ${askFor}`
  return new ApiError('PERMISSION_DENIED', message, { details })
}

const labelOf = ({ name, display_name }: PrincipalLabel) =>
  display_name === name ? `'${name}'` : `'${display_name}' (${name})`

function isHidden(request: AccessRequest, level: number): boolean {
  const { type, absent } = request.chain[level]!
  if (!absent && sees(request, level)) return false
  return isCatalogKind(KINDS[type]) && !sees(request, level + 1)
}

/** Returns the highest level that is absent or invisible; 0, the securable itself, if all levels above it are visible. */
function firstInvisible(request: AccessRequest): number {
  const { chain } = request
  for (let level = chain.length - 1; level > 0; level--)
    if (chain[level]!.absent || (chain[level]!.type !== 'metastore' && !sees(request, level))) return level
  return 0
}

function sees(request: AccessRequest, level: number): boolean {
  const securable = request.chain[level]
  if (!securable || !isCatalogKind(KINDS[securable.type])) return true
  return decide({
    ...request,
    privileges: KINDS[securable.type].visibility,
    chain: chainFrom(request.chain, level),
  }).allowed
}

/** Returns what is missing. From an invisible level on everything counts as missing, so that nothing about it is revealed. */
function missingPrivileges(request: AccessRequest, level: number, hidden: boolean): MissingPrivilege[] {
  const blind = hidden || level > 0
  return requirementsOf(request.privileges, request.chain)
    .filter((need) => {
      const at = request.chain.indexOf(need.chain[0])
      return (blind && at <= level) || !findBasis(need, request)
    })
    .map((need) => ({ privileges: need.privileges, securable: need.chain[0] }))
}

const notFound = ({ type, name }: Securable) =>
  `${type[0]!.toUpperCase()}${type.slice(1).replaceAll('_', ' ')} not found: ${name}`
