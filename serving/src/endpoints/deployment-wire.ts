import type {
  DeployedEntity,
  DeploymentChange,
  EndpointDeployment,
} from '@cairn/platform/protocol/cairn/serving-deployments'
import type { EndpointConfig } from '../endpoint-state/config.js'
import { resolvedEntities } from '../endpoint-state/deployment-store.js'
import type { DeploymentRow, EndpointRow } from '../schema.js'

export const deploymentOnWire = (row: DeploymentRow, endpoint: EndpointRow): EndpointDeployment => ({
  number: row.number,
  ...(row.config_version !== null && { config_version: row.config_version }),
  active: row.number === endpoint.deployment,
  outcome: row.outcome,
  reason: row.reason,
  message: row.message,
  creator: row.creator,
  creation_timestamp: row.creation_timestamp,
  ...(row.end_timestamp !== null && { end_timestamp: row.end_timestamp }),
  served_entities: deployedEntities(row),
  promotions: JSON.parse(row.promotions),
})

function deployedEntities(row: DeploymentRow): DeployedEntity[] {
  const { entities, routes } = JSON.parse(row.config) as EndpointConfig
  const found = new Map(resolvedEntities(row).map((one) => [one.name, one]))
  return entities.map(({ name, entity_name, entity_version }) => {
    const entity = found.get(name)
    return {
      name,
      entity_name,
      entity_version,
      ...(entity && { version: entity.version, digest: entity.digest }),
      traffic_percentage:
        routes.find(({ served_model_name }) => served_model_name === name)?.traffic_percentage ?? 0,
    }
  })
}

/** The configuration of a deployment, with the versions that it resolved to instead of aliases. */
export function pinnedConfig(row: DeploymentRow): EndpointConfig {
  const versions = new Map(resolvedEntities(row).map(({ name, version }) => [name, version]))
  const { entities, ...traffic } = JSON.parse(row.config) as EndpointConfig
  return {
    entities: entities.map((entity) => ({
      ...entity,
      entity_version: versions.get(entity.name) ?? entity.entity_version,
    })),
    ...traffic,
  }
}

/** In the order of the entities of both. All fields of the first deployment are new. */
export function changesBetween(before: DeploymentRow | undefined, after: DeploymentRow): DeploymentChange[] {
  const old = before ? fieldsOf(before) : new Map<string, string>()
  const next = fieldsOf(after)
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((field) => {
    const change = { before: old.get(field), after: next.get(field) }
    if (change.before === change.after) return []
    return [
      {
        field,
        ...(change.before !== undefined && { before: change.before }),
        ...(change.after !== undefined && { after: change.after }),
      },
    ]
  })
}

function fieldsOf(row: DeploymentRow): Map<string, string> {
  const { entities, sticky_by, shadow } = JSON.parse(row.config) as EndpointConfig
  const deployed = new Map(deployedEntities(row).map((entity) => [entity.name, entity]))
  const fields = (prefix: string, values: object) =>
    Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, String(value)] as const)
  return new Map([
    ...entities.flatMap(({ name, environment, follower: _follower, ...entity }) => {
      const { name: _, ...facts } = deployed.get(name)!
      return [
        ...fields(name, { ...entity, ...facts }),
        ...fields(`${name}.environment_vars`, environment?.vars ?? {}),
      ]
    }),
    ...(sticky_by === undefined ? [] : fields('traffic_config', { sticky_by })),
    ...(shadow ? fields('traffic_config.shadow', shadow) : []),
  ])
}
