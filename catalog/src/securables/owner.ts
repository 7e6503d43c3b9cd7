import type { Identities } from '@cairn/platform/auth/identities'
import type { Caller } from '@cairn/platform/auth/principal'
import { ApiError, missing } from '@cairn/platform/errors'

/**
 * The change of owner that a request names: its principal id, or nothing. Rights are not granted by tokens with scopes.
 *
 * @throws RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED for a token with scopes
 */
export async function ownerChange(
  identities: Identities,
  name: string | undefined,
  { scopes }: Caller,
): Promise<{ readonly owner?: string }> {
  if (name === undefined) return {}
  if (scopes)
    throw new ApiError(
      'PERMISSION_DENIED',
      `owner: the token is only for ${scopes.join(', ')}; a token without scopes may name another owner.`,
    )
  const principal = await identities.find(name)
  if (!principal) throw missing(`Principal '${name}', named by owner, does not exist.`)
  return { owner: principal.id }
}
