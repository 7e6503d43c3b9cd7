import { KINDS } from '@cairn/platform/auth/kinds'
import { invalid } from '@cairn/platform/errors'
import {
  grantableOn,
  PRIVILEGES,
  type Privilege,
  type SecurableType,
} from '@cairn/platform/protocol/privileges'
import { readPrivilege } from '../permissions/spelling.js'

/** The requested privileges, in the order of `PRIVILEGES`, and the level if the request names one. */
export interface RequestedAccess {
  readonly privileges: readonly Privilege[]
  readonly level?: string
}

/** Reads privileges or a level. @throws INVALID_PARAMETER_VALUE naming the field */
export function readRequestedAccess(
  type: SecurableType,
  { privileges, level }: { privileges?: readonly string[]; level?: string },
): RequestedAccess {
  if ((level === undefined) === (privileges === undefined))
    throw invalid("Name either 'privileges' or 'level'.")
  if (level !== undefined) return { level, privileges: sorted(privilegesOfLevel(type, level)) }
  const read = privileges!.map(readPrivilege)
  if (read.length === 0) throw invalid("'privileges' must name at least one privilege.")
  if (read.includes('DENY')) throw invalid('DENY gives no access: ask for another privilege.')
  const misplaced = read.find((privilege) => !grantableOn(privilege, type))
  if (misplaced) throw invalid(`${misplaced} cannot be granted on a ${type}.`)
  return { privileges: sorted(read) }
}

function privilegesOfLevel(type: SecurableType, name: string): readonly Privilege[] {
  const levels = KINDS[type].wire?.levels
  if (!levels) throw invalid(`A ${type} has no permission levels: name 'privileges'.`)
  const found = levels.find(({ level }) => level === name)
  if (found) return found.privileges
  throw invalid(`Invalid level '${name}': one of ${levels.map(({ level }) => level).join(', ')}.`)
}

const sorted = (privileges: readonly Privilege[]) => PRIVILEGES.filter((one) => privileges.includes(one))
