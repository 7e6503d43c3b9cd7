import { isDeepStrictEqual } from 'node:util'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError, invalid, missingParameter, unlessMissing } from '@cairn/platform/errors'
import { Explain } from '@cairn/platform/protocol/cairn/explain'
import type { Client } from '@cairn/platform/protocol/client'
import type { AiGateway, InferenceTableConfig } from '@cairn/platform/protocol/databricks/serving-settings'
import { ensureInferenceTable, type TableName } from '../capture/inference-table.js'
import type { EndpointRow } from '../schema.js'
import { checkGatewayRateLimits } from './rate-limits.js'

export interface GatewayChecks {
  readonly identities: Identities
  /** Acts as the server. */
  readonly call: Client
  readonly blobs: Blobs
}

/** The principal that configures an endpoint. The inference table is created with its privileges, and written with those of the server. */
export interface SettingsAuthor {
  readonly principal: Principal
  readonly client: Client
}

/**
 * Checks settings beyond the schema, and drops those that are off.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field, PERMISSION_DENIED for a schema in which the author may not create tables
 */
export async function checkAiGateway(
  { rate_limits, usage_tracking_config, inference_table_config }: AiGateway,
  { principal }: SettingsAuthor,
  { identities, call }: GatewayChecks,
): Promise<AiGateway> {
  if (rate_limits) await checkGatewayRateLimits(rate_limits, identities)
  if (inference_table_config?.enabled) await checkTable(inference_table_config, principal, call)
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

/**
 * Creates the inference table when recording is turned on or moved to another table.
 *
 * @returns its id, which is stored together with the settings; undefined if queries are not recorded
 */
export async function inferenceTable(
  { inference_table_config: config }: AiGateway,
  endpoint: Pick<EndpointRow, 'name'> & Partial<EndpointRow>,
  { client }: SettingsAuthor,
  { blobs }: GatewayChecks,
): Promise<string | undefined> {
  if (!config?.enabled) return undefined
  const table = tableOf(config, endpoint.name)
  const { inference_table_config: before } = JSON.parse(endpoint.ai_gateway ?? '{}') as AiGateway
  const isSame = before?.enabled && isDeepStrictEqual(tableOf(before, endpoint.name), table)
  return isSame && endpoint.inference_table
    ? endpoint.inference_table
    : ensureInferenceTable(client, blobs, table)
}

const tableOf = (
  { catalog_name = '', schema_name = '', table_name_prefix }: InferenceTableConfig,
  endpoint: string,
): TableName => ({ catalog_name, schema_name, name: `${table_name_prefix ?? endpoint}_payload` })
