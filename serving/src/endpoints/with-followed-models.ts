import type { Client } from '@cairn/platform/protocol/client'
import { GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { EndpointConfig, EntityConfig } from '../endpoint-state/config.js'

/** Adds to entities that follow an alias when their model was created, so that no other model with its name is followed. */
export const withFollowedModels = async (call: Client, config: EndpointConfig): Promise<EndpointConfig> => ({
  ...config,
  entities: await Promise.all(config.entities.map((entity) => withFollowedModel(call, entity))),
})

async function withFollowedModel(call: Client, entity: EntityConfig): Promise<EntityConfig> {
  const { entity_name: name, follower } = entity
  if (!follower) return entity
  const found = await call(GetRegisteredModel, { name }).catch(() => undefined)
  if (!found) return entity
  return { ...entity, follower: { ...follower, model_created: found.registered_model.creation_timestamp } }
}
