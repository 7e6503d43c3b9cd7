import { KINDS } from '@cairn/platform/auth/kinds'
import { SECRET_PERMISSIONS, type SecretPermission } from '@cairn/platform/protocol/databricks/secrets'
import type { Privilege } from '@cairn/platform/protocol/privileges'

const LEVELS = KINDS.secret_scope.wire!.levels

/** All privileges that grants on a scope can have. */
export const SCOPE_PRIVILEGES: readonly Privilege[] = [...LEVELS.at(-1)!.privileges, 'ALL PRIVILEGES']

/** The privileges that a permission grants. */
export const privilegesOf = (permission: SecretPermission): readonly Privilege[] =>
  LEVELS.find(({ level }) => level === permission)!.privileges

/** Returns the highest permission whose privileges are all held, or undefined. */
export function permissionOf(held: readonly Privilege[]): SecretPermission | undefined {
  const has = (privilege: Privilege) =>
    held.includes(privilege) || (privilege !== 'MANAGE' && held.includes('ALL PRIVILEGES'))
  return SECRET_PERMISSIONS.findLast((permission) => has(privilegesOf(permission).at(-1)!))
}
