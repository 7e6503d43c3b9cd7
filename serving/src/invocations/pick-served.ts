import { ApiError, missing } from '@cairn/platform/errors'
import type { LoadedDeployment } from '../deployments/loaded-deployments.js'
import type { ServedModel } from '../deployments/served-model.js'
import { type EndpointConfig, hasEntity } from '../endpoint-state/config.js'
import type { EndpointRow } from '../schema.js'
import { pickRoute } from '../traffic/pick-route.js'

interface PickOptions {
  readonly entity?: string | undefined
  /** A number in [0, 1) that picks an entity by the traffic split. */
  readonly share?: (config: EndpointConfig) => number
}

/**
 * The model that answers a query: the named entity, or one by the traffic split.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for an unknown entity; TEMPORARILY_UNAVAILABLE while nothing is loaded, INVALID_STATE when
 * nothing can be loaded
 */
export function pickServed(
  row: EndpointRow,
  deployment: LoadedDeployment | undefined,
  { entity: entityName, share = Math.random }: PickOptions = {},
): ServedModel {
  if (entityName !== undefined && !deployment?.served.has(entityName) && !hasEntity(row, entityName))
    throw missing(`Endpoint '${row.name}' has no served entity '${entityName}'.`)
  if (!deployment || deployment.served.size === 0) throw notReady(row)
  const name = entityName ?? pickRoute(deployment.config.routes, share(deployment.config))
  const served = deployment.served.get(name)
  if (!served) throw notReady(row)
  return served
}

/** A failed first configuration is permanent until an update, so clients must not retry. */
const notReady = ({ name, config, update_state, update_message }: EndpointRow) =>
  config === null && update_state === 'UPDATE_FAILED'
    ? new ApiError('INVALID_STATE', `Endpoint '${name}' could not be deployed. ${update_message}`)
    : new ApiError('TEMPORARILY_UNAVAILABLE', `Endpoint '${name}' is not ready yet.`)
