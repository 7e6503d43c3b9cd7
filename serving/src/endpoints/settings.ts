import type {
  AiGateway,
  Notifications,
  RateLimit,
} from '@cairn/platform/protocol/databricks/serving-settings'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import type { EndpointSettings } from '../endpoint-state/endpoint-store.js'
import type { EndpointRow } from '../schema.js'
import {
  checkAiGateway,
  type GatewayChecks,
  inferenceTable,
  type SettingsAuthor,
} from '../settings/ai-gateway.js'
import { checkNotifications } from '../settings/notifications.js'
import { checkRateLimits } from '../settings/rate-limits.js'

export interface SettingsChecks extends GatewayChecks {
  readonly destinations: Destinations
}

export interface SettingsInput {
  readonly rate_limits?: readonly RateLimit[] | undefined
  readonly ai_gateway?: AiGateway | undefined
  readonly email_notifications?: Notifications | undefined
}

/** The endpoint whose settings change; without a row, a new one. */
export type ConfiguredEndpoint = Pick<EndpointRow, 'name'> & Partial<EndpointRow>

/** Checks the given settings, creates the inference table, and writes them as the database stores them. @throws INVALID_PARAMETER_VALUE naming the field */
export async function settingsJson(
  { rate_limits, ai_gateway, email_notifications }: SettingsInput,
  endpoint: ConfiguredEndpoint,
  by: SettingsAuthor,
  checks: SettingsChecks,
): Promise<EndpointSettings> {
  if (rate_limits) checkRateLimits(rate_limits)
  if (email_notifications) await checkNotifications(email_notifications, checks.destinations)
  const gateway = ai_gateway && (await checkAiGateway(ai_gateway, by, checks))
  const table = gateway && (await inferenceTable(gateway, endpoint, by, checks))
  return {
    ...(rate_limits && { rate_limits: jsonUnlessEmpty(rate_limits) }),
    ...(gateway && { ai_gateway: jsonUnlessEmpty(gateway) }),
    ...(table !== undefined && { inference_table: table }),
    ...(email_notifications && { email_notifications: jsonUnlessEmpty(email_notifications) }),
  }
}

const jsonUnlessEmpty = (value: object): string | null =>
  Object.keys(value).length > 0 ? JSON.stringify(value) : null
