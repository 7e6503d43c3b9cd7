import type { Config } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'

type Policy = Pick<Config, 'token_default_lifetime' | 'token_max_lifetime'>

/** Returns the lifetime of a new token in seconds; undefined if it does not expire. @throws INVALID_PARAMETER_VALUE */
export function lifetimeOf(
  { token_default_lifetime, token_max_lifetime }: Policy,
  requested: number | undefined,
): number | undefined {
  const max = token_max_lifetime || Number.POSITIVE_INFINITY
  if (requested !== undefined && requested > max)
    throw invalid(
      `'lifetime_seconds' is more than the ${token_max_lifetime} seconds that this server allows.`,
    )
  const seconds = requested ?? Math.min(token_default_lifetime || Number.POSITIVE_INFINITY, max)
  return Number.isFinite(seconds) ? seconds : undefined
}
