import { ApiError, type ErrorCode } from '../errors.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import {
  type AccessRequest,
  chainFrom,
  decide,
  findBasis,
  type MissingPrivilege,
  requirementsOf,
  type Securable,
} from './decide.js'
import type { Principal } from './principal.js'

/**
 * Securables whose very existence is governed: one of these privileges (or ownership) shows that one is there, the
 * metastore's show all that is in it. The other kinds of securable hide nothing but their content.
 */
export const VISIBILITY_PRIVILEGES = {
  metastore: ['USE CATALOG', 'BROWSE', 'MANAGE'],
  catalog: ['USE CATALOG', 'BROWSE', 'MANAGE'],
  schema: ['USE SCHEMA', 'BROWSE', 'MANAGE'],
  table: ['SELECT', 'MODIFY', 'BROWSE', 'MANAGE'],
  volume: ['READ VOLUME', 'WRITE VOLUME', 'BROWSE', 'MANAGE'],
} as const satisfies Partial<Record<SecurableType, readonly Privilege[]>>

const isGoverned = (type: SecurableType): type is keyof typeof VISIBILITY_PRIVILEGES =>
  Object.hasOwn(VISIBILITY_PRIVILEGES, type)

const NOT_FOUND: Partial<Record<SecurableType, ErrorCode>> = {
  catalog: 'CATALOG_NOT_FOUND',
  schema: 'SCHEMA_NOT_FOUND',
  table: 'TABLE_NOT_FOUND',
  volume: 'NOT_FOUND',
}

/**
 * The answer to a question that was denied, or whose securable is absent. Who sees the container learns which of the
 * two it is, what is missing and who can grant it. Who does not gets one and the same answer for both, made of
 * nothing but the request's own names.
 */
export function permissionDenied(
  question: AccessRequest,
  principal: Principal,
  nameOf: (id: string) => string,
): ApiError {
  const { chain } = question
  const level = lostFromSight(question)
  const lost = chain[level]!
  const hidden = isGoverned(lost.type) && !sees(question, level + 1)
  if (lost.absent && !hidden)
    return new ApiError(NOT_FOUND[lost.type] ?? 'RESOURCE_DOES_NOT_EXIST', notFound(lost))
  const missing = whatIsMissing(question, level, hidden)
  const owners = (hidden ? chain.slice(-1) : chain.slice(level)).map((one) => nameOf(one.owner))
  const can_grant = [...new Set(owners)]
  const details = {
    missing: missing.map(({ privileges, securable }) => ({
      privileges,
      securable_type: securable.type,
      securable: securable.name,
    })),
    can_grant,
  }
  const what = missing.map(
    ({ privileges, securable }) => `${privileges.join(' or ')} on ${securable.type} '${securable.name}'`,
  )
  const askFor = `Ask ${can_grant.map((name) => `'${name}'`).join(' or ')} to grant it.`
  const message = hidden
    ? `'${principal.name}' may not use ${chain[0].type} '${chain[0].name}', or it does not exist: it takes ${what.join(' and ')}. ${askFor}`
    : `'${principal.name}' lacks ${what.join(' and ')}. ${askFor}`
  return new ApiError('PERMISSION_DENIED', message, { details })
}

/** The highest level of the chain that is not there or not to be seen; 0, the securable itself, when all above it is. */
function lostFromSight(question: AccessRequest): number {
  const { chain } = question
  for (let level = chain.length - 1; level > 0; level--)
    if (chain[level]!.absent || (chain[level]!.type !== 'metastore' && !sees(question, level))) return level
  return 0
}

function sees(question: AccessRequest, level: number): boolean {
  const securable = question.chain[level]
  if (!securable || !isGoverned(securable.type)) return true
  return decide({
    ...question,
    privileges: VISIBILITY_PRIVILEGES[securable.type],
    chain: chainFrom(question.chain, level),
  }).allowed
}

/** At and below the level that was lost from sight everything counts as missing, so that nothing there shows through. */
function whatIsMissing(question: AccessRequest, level: number, hidden: boolean): MissingPrivilege[] {
  const blind = hidden || level > 0
  return requirementsOf(question.privileges, question.chain)
    .filter((need) => {
      const at = question.chain.indexOf(need.chain[0])
      return (blind && at <= level) || !findBasis(need, question)
    })
    .map((need) => ({ privileges: need.privileges, securable: need.chain[0] }))
}

const notFound = ({ type, name }: Securable) =>
  `${type[0]!.toUpperCase()}${type.slice(1).replaceAll('_', ' ')} not found: ${name}`
