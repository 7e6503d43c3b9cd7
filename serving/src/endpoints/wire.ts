import type { ServedEntity, ServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { EntityStatus, LoadedDeployments } from '../deployments/loaded-deployments.js'
import { aliasOf, type EndpointConfig, type EntityConfig } from '../endpoint-state/config.js'
import type { EndpointRow } from '../schema.js'
import type { PermissionLevel } from './permission-level.js'

/**
 * An endpoint in Databricks' format, with the state of its entities in this process.
 *
 * @param permission_level of the caller
 */
export function endpointOnWire(
  row: EndpointRow,
  deployments: LoadedDeployments,
  permission_level: PermissionLevel,
): ServingEndpoint {
  const active = row.config === null ? undefined : (JSON.parse(row.config) as EndpointConfig)
  const pending = row.pending === null ? undefined : (JSON.parse(row.pending) as EndpointConfig)
  const isReady = active?.entities.every(
    (entity) => deployments.status(row, 'active', entity).deployment === 'DEPLOYMENT_READY',
  )
  const write = (config: EndpointConfig, which: 'active' | 'pending', version: number) =>
    configOnWire(row, config, version, (entity) => deployments.status(row, which, entity))
  return {
    id: row.id,
    name: row.name,
    creator: row.creator,
    description: row.description,
    creation_timestamp: row.creation_timestamp,
    last_updated_timestamp: row.last_updated_timestamp,
    state: { ready: isReady ? 'READY' : 'NOT_READY', config_update: row.update_state },
    ...(active && { config: write(active, 'active', row.config_version) }),
    ...(pending && {
      pending_config: {
        ...write(pending, 'pending', row.config_version + 1),
        start_time: row.pending_since ?? 0,
      },
    }),
    tags: JSON.parse(row.tags),
    permission_level,
    endpoint_url: `/serving-endpoints/${row.name}/invocations`,
    ...settingsOnWire(row),
  }
}

const settingsOnWire = ({ rate_limits, ai_gateway, email_notifications }: EndpointRow) => ({
  ...(rate_limits !== null && { rate_limits: JSON.parse(rate_limits) }),
  ...(ai_gateway !== null && { ai_gateway: JSON.parse(ai_gateway) }),
  ...(email_notifications !== null && { email_notifications: JSON.parse(email_notifications) }),
})

type StatusOf = (entity: EntityConfig) => EntityStatus

function configOnWire(row: EndpointRow, config: EndpointConfig, version: number, statusOf: StatusOf) {
  const served_entities = config.entities.map((entity) => entityOnWire(row, entity, statusOf(entity)))
  return {
    served_entities,
    served_models: served_entities.map(({ entity_name, entity_version, ...rest }) => ({
      ...rest,
      model_name: entity_name,
      model_version: entity_version,
    })),
    traffic_config: trafficOnWire(config),
    config_version: version,
  }
}

const trafficOnWire = ({ routes, sticky_by, shadow }: EndpointConfig) => ({
  routes: routes.map(withBothNames),
  ...(sticky_by !== undefined && { sticky_by }),
  ...(shadow && { shadow: withBothNames(shadow) }),
})

/** Databricks returns the name of a served entity under its older name too. */
const withBothNames = <Named extends { readonly served_model_name: string }>(named: Named) => ({
  ...named,
  served_entity_name: named.served_model_name,
})

function entityOnWire(row: EndpointRow, entity: EntityConfig, status: EntityStatus): ServedEntity {
  const { name, entity_name, entity_version, environment } = entity
  const { workload_size, workload_type, scale_to_zero_enabled } = entity
  const alias = aliasOf(entity)
  return {
    ...{ name, entity_name, workload_size, workload_type, scale_to_zero_enabled },
    entity_version: status.version ?? entity_version,
    ...(alias && { entity_alias: alias }),
    ...(environment && { environment_vars: environment.vars }),
    state: { deployment: status.deployment, deployment_state_message: status.message },
    creator: row.creator,
    creation_timestamp: row.creation_timestamp,
  }
}
