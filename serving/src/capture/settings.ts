import type { AiGateway } from '@cairn/platform/protocol/databricks/serving-settings'
import type { EndpointRow } from '../schema.js'

/** How the queries of an endpoint are recorded. */
export interface CaptureSettings {
  readonly endpointId: string
  readonly endpointName: string
  /** Id in the catalog. */
  readonly tableId: string
  readonly samplingFraction: number
  readonly retentionDays: number | undefined
}

/** Undefined if queries are not recorded. */
export function captureSettingsOf(
  row: Pick<EndpointRow, 'id' | 'name' | 'ai_gateway' | 'inference_table'>,
): CaptureSettings | undefined {
  if (row.ai_gateway === null || row.inference_table === null) return undefined
  const { inference_table_config: table } = JSON.parse(row.ai_gateway) as AiGateway
  if (!table?.enabled) return undefined
  return {
    endpointId: row.id,
    endpointName: row.name,
    tableId: row.inference_table,
    samplingFraction: table.sampling_fraction ?? 1,
    retentionDays: table.retention_days,
  }
}
