import type { Identities } from '@cairn/platform/auth/identities'
import { ADMINS, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { missing } from '@cairn/platform/errors'

/** @throws RESOURCE_DOES_NOT_EXIST in MLflow's words */
export async function findUser(identities: Identities, username: string): Promise<PrincipalRow> {
  const row = await identities.find(username)
  if (row?.type === 'user' && row.name === username) return row
  throw missing(`User with username=${username} not found`)
}

/** The ids of the administrators: the owner, and the members of their group and of the groups in it. */
export async function administratorIds(identities: Identities): Promise<ReadonlySet<string>> {
  const found = new Set([LOCAL_OWNER.id])
  const groups = [ADMINS.id]
  for (const group of groups)
    for (const { id, type } of await identities.members(group)) {
      found.add(id)
      if (type === 'group' && !groups.includes(id)) groups.push(id)
    }
  return found
}
