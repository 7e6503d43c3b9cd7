import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { ServiceContext } from '@cairn/platform/service-context'

/**
 * Where every request needs a token somebody has to have the first one: the owner's, made when there is none.
 *
 * @returns the secret, which is shown this once
 */
export async function firstOwnerToken({
  config,
  tokens,
}: Pick<ServiceContext, 'config' | 'tokens'>): Promise<string | undefined> {
  if (config.auth !== 'required') return undefined
  const known = await tokens.list(LOCAL_OWNER.id)
  if (known.length > 0) return undefined
  const { secret } = await tokens.issue(LOCAL_OWNER.id, 'first token of the owner')
  return secret
}
