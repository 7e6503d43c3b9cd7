import type { Notifications } from '@cairn/platform/protocol/databricks/serving-settings'
import { resolvedEntities } from '../endpoint-state/deployment-store.js'
import type { DeploymentRow, EndpointRow } from '../schema.js'

/** A deployment that has ended, with its endpoint. */
export type EndedDeployment = DeploymentRow & Pick<EndpointRow, 'name' | 'email_notifications'>

/** The URLs that are called after the deployment. */
export function recipientsOf({ outcome, email_notifications }: EndedDeployment): readonly string[] {
  const { on_update_success = [], on_update_failure = [] } = JSON.parse(
    email_notifications ?? '{}',
  ) as Notifications
  if (outcome === 'CANCELED') return []
  return outcome === 'SUCCEEDED' ? on_update_success : on_update_failure
}

export const bodyOf = (row: EndedDeployment): string =>
  JSON.stringify({
    entity: 'SERVING_ENDPOINT',
    action: row.outcome === 'SUCCEEDED' ? 'UPDATE_SUCCEEDED' : 'UPDATE_FAILED',
    timestamp: new Date(row.end_timestamp ?? row.creation_timestamp).toISOString(),
    data: {
      name: row.name,
      deployment: row.number,
      reason: row.reason,
      message: row.message,
      creator: row.creator,
      ...(row.config_version !== null && { config_version: row.config_version }),
      served_entities: resolvedEntities(row),
    },
  })
