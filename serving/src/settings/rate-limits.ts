import type { Identities } from '@cairn/platform/auth/identities'
import { invalid } from '@cairn/platform/errors'
import type { AiGatewayRateLimit, RateLimit } from '@cairn/platform/protocol/databricks/serving-settings'

const TYPES = { user: 'user', user_group: 'group', service_principal: 'service_principal' } as const

/** @throws INVALID_PARAMETER_VALUE for several limits of the same key */
export function checkRateLimits(limits: readonly RateLimit[]): void {
  checkDistinct(
    limits.map(({ key = 'endpoint' }) => key),
    'rate_limits',
  )
}

/** @throws INVALID_PARAMETER_VALUE for several limits of the same key and principal, and for an unknown principal */
export async function checkGatewayRateLimits(
  limits: readonly AiGatewayRateLimit[],
  identities: Identities,
): Promise<void> {
  checkDistinct(
    limits.map(({ key = 'endpoint', principal = '' }) => `${key} ${principal}`),
    'rate_limits',
  )
  for (const [index, limit] of limits.entries())
    await checkPrincipal(limit, `rate_limits[${index}]`, identities)
}

function checkDistinct(keys: readonly string[], field: string): void {
  const repeated = keys.findIndex((key, index) => keys.indexOf(key) < index)
  if (repeated >= 0) throw invalid(`'${field}[${repeated}]' repeats the key of an earlier limit.`)
}

async function checkPrincipal(
  { key = 'endpoint', principal }: AiGatewayRateLimit,
  field: string,
  identities: Identities,
): Promise<void> {
  if (key === 'endpoint') {
    if (principal) throw invalid(`'${field}.principal' is not allowed for the key 'endpoint'.`)
    return
  }
  if (!principal) {
    if (key === 'user') return // each user
    throw invalid(`Missing value for required parameter '${field}.principal' of the key '${key}'.`)
  }
  const found = await identities.find(principal)
  if (found?.type !== TYPES[key])
    throw invalid(`'${field}.principal' is not the name of a ${TYPES[key].replace('_', ' ')}.`)
}
