import { invalid } from '../errors.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import type { GrantChange } from './grants.js'
import { KINDS, type PermissionLevel } from './kinds.js'

export const IS_OWNER = 'IS_OWNER'
export const OWNER_DESCRIPTION = 'Owns the object, with all permissions on it'

/** Returns the levels of a kind, the lowest first. */
export const levelsOf = (type: SecurableType): readonly PermissionLevel[] => KINDS[type].wire?.levels ?? []

/** Returns the level of which all privileges are held, the first of equal ones; undefined if there is none. */
export function levelOf(type: SecurableType, held: readonly Privilege[]): string | undefined {
  const has = (privilege: Privilege) =>
    held.includes(privilege) || (privilege !== 'MANAGE' && held.includes('ALL PRIVILEGES'))
  const levels = levelsOf(type)
  const highest = levels.findLast(({ privileges }) => has(privileges.at(-1)!))
  return levels.find(({ privileges }) => privileges.at(-1) === highest?.privileges.at(-1))?.level
}

/** Returns the change that replaces the level of a principal. @throws INVALID_PARAMETER_VALUE for an unknown level */
export function levelChange(type: SecurableType, principal_id: string, level: string): GrantChange {
  const levels = levelsOf(type)
  const add = levels.find((one) => one.level === level)?.privileges
  if (!add)
    throw invalid(
      `Invalid permission_level '${level.slice(0, 100)}': one of ${levels.map((one) => one.level).join(', ')}.`,
    )
  return { principal_id, add, remove: [...privilegesOf(type).filter((one) => !add.includes(one)), 'DENY'] }
}

/** Returns the privileges of all levels of a kind. */
export const privilegesOf = (type: SecurableType): readonly Privilege[] => [
  ...new Set(levelsOf(type).flatMap(({ privileges }) => privileges)),
]
