import type { EndpointConfig, ServedEntity, ServingEndpoint } from '../api/endpoints.js'

export type EndpointCondition = 'ready' | 'updating' | 'updateFailed' | 'notReady'

/** Combines the API's `ready` and `config_update` states. */
export function conditionOf({ state }: ServingEndpoint): EndpointCondition {
  if (state.config_update === 'IN_PROGRESS') return 'updating'
  if (state.ready !== 'READY') return 'notReady'
  return state.config_update === 'UPDATE_FAILED' ? 'updateFailed' : 'ready'
}

export interface Share {
  readonly entity: ServedEntity
  /** The share of the traffic, 0 to 100. */
  readonly percent: number
}

/** The traffic share of each served entity. A single entity without routes receives all traffic. */
export function sharesOf(config: EndpointConfig | undefined): Share[] {
  const entities = config?.served_entities ?? []
  const routes = config?.traffic_config?.routes ?? []
  return entities.map((entity) => {
    const route = routes.find(
      ({ served_entity_name, served_model_name }) =>
        entity.name === served_entity_name || entity.name === served_model_name,
    )
    const rest = routes.length === 0 && entities.length === 1 ? 100 : 0
    return { entity, percent: route?.traffic_percentage ?? rest }
  })
}
