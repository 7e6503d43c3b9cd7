import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { GrantBasis } from '@cairn/platform/auth/decide'
import type { Reason, ReviewedPrivilege } from '@cairn/platform/protocol/cairn/access-review'
import type { AllowedPrivilege } from './allowed-privileges.js'

/** The privileges of one principal, with the ids of the groups between it and each holder. */
export interface Finding {
  readonly allowed: readonly AllowedPrivilege[]
  readonly paths: ReadonlyMap<string, readonly string[]>
}

/** Converts findings to the wire format. One query reads the names of all principals. */
export async function toReviewedPrivileges(
  authorizer: Authorizer,
  findings: readonly Finding[],
): Promise<ReviewedPrivilege[][]> {
  const holders = findings.flatMap(({ allowed, paths }) =>
    allowed.flatMap(({ basis, others }) =>
      [...basis, ...others].flatMap((one) => [one.principal_id, ...paths.get(one.principal_id)!]),
    ),
  )
  const nameOf = await authorizer.names(holders)
  return findings.map(({ allowed, paths }) => {
    const reasonOf = (one: GrantBasis): Reason => ({
      privilege: one.privilege,
      securable_type: one.securable.type,
      securable: one.securable.name,
      holder: nameOf(one.principal_id),
      groups: paths.get(one.principal_id)!.map(nameOf),
      ...(one.isDefault && { by_default: true }),
      ...(one.expires_at && { expires_at: one.expires_at }),
    })
    return allowed.map(({ privilege, basis, others, othersLeftOut, toEnd }) => ({
      privilege,
      basis: basis.map(reasonOf),
      others: others.map(reasonOf),
      ...(othersLeftOut > 0 && { others_left_out: othersLeftOut }),
      ...(toEnd && { revoke_to_end: toEnd.map(reasonOf) }),
    }))
  })
}
