import type { ServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Columns } from '../client/output.js'

export const ENDPOINT_COLUMNS: Columns<ServingEndpoint> = {
  name: (endpoint) => endpoint.name,
  ready: (endpoint) => endpoint.state.ready,
  update: (endpoint) => endpoint.state.config_update,
  serves: (endpoint) =>
    (endpoint.config ?? endpoint.pending_config)?.served_entities
      .map((entity) => `${entity.entity_name}/${entity.entity_version}`)
      .join(' '),
  creator: (endpoint) => endpoint.creator,
}
