import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { ServiceContext } from '@cairn/platform/service-context'

/**
 * Ensures that the owner has a token where every request needs one: the configured one, or a generated one.
 *
 * @returns the generated secret, to be shown once; undefined when the owner has a token already
 */
export async function ensureOwnerToken({
  config,
  tokens,
}: Pick<ServiceContext, 'config' | 'tokens'>): Promise<string | undefined> {
  if (config.owner_token) await tokens.ensure(LOCAL_OWNER.id, 'configured as owner_token', config.owner_token)
  if (config.auth !== 'required') return undefined
  const known = await tokens.list(LOCAL_OWNER.id)
  if (known.length > 0) return undefined
  const { secret } = await tokens.issue(LOCAL_OWNER.id, 'first token of the owner')
  return secret
}
