import type { Identities } from '@cairn/platform/auth/identities'
import { missing } from '@cairn/platform/errors'

/** The change of owner that a request names: its principal id, or nothing. @throws RESOURCE_DOES_NOT_EXIST */
export async function ownerChange(
  identities: Identities,
  name: string | undefined,
): Promise<{ readonly owner?: string }> {
  if (name === undefined) return {}
  const principal = await identities.find(name)
  if (!principal) throw missing(`Principal '${name}', named by owner, does not exist.`)
  return { owner: principal.id }
}
