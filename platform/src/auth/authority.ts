import { ApiError } from '../errors.js'
import type { Authorizer } from './authorizer.js'
import type { Principal } from './principal.js'

/** The rights on the workspace that make an administrator. */
const ADMINISTRATION = ['MANAGE', 'ALL PRIVILEGES'] as const

/** Returns whether a principal has the rights of an administrator, directly or through a group. */
export async function administers(authorizer: Authorizer, principal: Principal): Promise<boolean> {
  for (const privilege of ADMINISTRATION)
    if ((await authorizer.decide(principal, privilege, authorizer.metastore)).allowed) return true
  return false
}

/**
 * Refuses to act for or on a principal that administers the workspace, unless the caller does too: a manager of identities must
 * not become an administrator by a token, a password or a membership.
 *
 * @throws PERMISSION_DENIED
 */
export async function requireAuthorityOver(
  authorizer: Authorizer,
  caller: Principal,
  target: Principal,
): Promise<void> {
  const privilege = await missingAuthority(authorizer, caller, target)
  if (privilege)
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${target.name}' holds ${privilege} on the metastore, and '${caller.name}' does not: ask an administrator.`,
    )
}

/** Returns the right of an administrator that the target has and the caller lacks. */
export async function missingAuthority(authorizer: Authorizer, caller: Principal, target: Principal) {
  for (const privilege of ADMINISTRATION) {
    const theirs = await authorizer.decide(target, privilege, authorizer.metastore)
    if (!theirs.allowed) continue
    const own = await authorizer.decide(caller, privilege, authorizer.metastore)
    if (!own.allowed) return privilege
  }
  return undefined
}
