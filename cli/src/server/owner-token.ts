import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { ServiceContext } from '@cairn/platform/service-context'

/**
 * Ensures that the owner has a token where every request needs one: the configured one, or a generated one. Stores the
 * configured token of workers.
 *
 * @returns the generated secret, to be shown once; undefined when the owner has a valid token already
 */
export async function ensureOwnerToken({
  config,
  tokens,
}: Pick<ServiceContext, 'config' | 'tokens'>): Promise<string | undefined> {
  if (config.owner_token) await tokens.ensure(LOCAL_OWNER.id, 'configured as owner_token', config.owner_token)
  if (config.worker_token)
    await tokens.ensure(LOCAL_OWNER.id, 'configured as worker_token', config.worker_token, ['worker'])
  if (config.auth !== 'required') return undefined
  if (await tokens.hasUnlimited(LOCAL_OWNER.id)) return undefined
  const seconds = config.token_default_lifetime || undefined
  const { secret } = await tokens.issue(LOCAL_OWNER.id, 'first token of the owner', { seconds })
  return secret
}
