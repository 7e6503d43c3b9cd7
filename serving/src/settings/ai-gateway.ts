import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError, invalid, missingParameter, unlessMissing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { Explain } from '@cairn/platform/protocol/permissions'
import type { AiGateway, InferenceTableConfig } from '@cairn/platform/protocol/serving-settings'
import { checkGatewayRateLimits } from './rate-limits.js'

export interface GatewayChecks {
  readonly identities: Identities
  /** Acts as the server. */
  readonly call: Client
}

/**
 * Checks what the schema cannot, and drops what is off.
 *
 * @param by who configures it: the server writes the inference table with its own privileges
 * @throws INVALID_PARAMETER_VALUE naming the field, PERMISSION_DENIED for a schema in which `by` may not create tables
 */
export async function checkAiGateway(
  { rate_limits, usage_tracking_config, inference_table_config }: AiGateway,
  by: Principal,
  { identities, call }: GatewayChecks,
): Promise<AiGateway> {
  if (rate_limits) await checkGatewayRateLimits(rate_limits, identities)
  if (inference_table_config?.enabled) await checkTable(inference_table_config, by, call)
  return {
    ...(rate_limits && { rate_limits }),
    ...(usage_tracking_config && { usage_tracking_config }),
    ...(inference_table_config && { inference_table_config }),
  }
}

const NAME = /^[\w-]+$/

async function checkTable(config: InferenceTableConfig, by: Principal, call: Client): Promise<void> {
  const { catalog_name, schema_name, table_name_prefix } = config
  if (!catalog_name) throw missingParameter('inference_table_config.catalog_name')
  if (!schema_name) throw missingParameter('inference_table_config.schema_name')
  if (table_name_prefix && !NAME.test(table_name_prefix))
    throw invalid("'inference_table_config.table_name_prefix' may have only letters, digits, _ and -.")
  const decision = await call(Explain, {
    securable_type: 'schema',
    full_name: `${catalog_name}.${schema_name}`,
    privilege: 'CREATE TABLE',
    principal: by.name,
  }).catch(unlessMissing)
  if (!decision)
    throw invalid("'inference_table_config' names a schema that does not exist. Create it first.")
  if (!decision.allowed) throw new ApiError('PERMISSION_DENIED', decision.summary)
}
