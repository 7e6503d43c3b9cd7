import { ApiError, invalid, missing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetModelVersionByAlias } from '@cairn/platform/protocol/mlflow/registered-models'
import { aliasOf, type EndpointConfig, type EntityConfig } from '../endpoint-state/config.js'

/**
 * Requires the versions and aliases of served entities. While the registry cannot be reached they are accepted: the deployment
 * finds out.
 *
 * @throws RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE for a version that is too large, with the name of the entity
 */
export const requireVersions = (call: Client, { entities }: EndpointConfig) =>
  Promise.all(entities.map((entity) => requireVersion(call, entity)))

async function requireVersion(call: Client, entity: EntityConfig): Promise<void> {
  const { entity_name: name, entity_version: version } = entity
  const alias = aliasOf(entity)
  try {
    if (alias === undefined) await call(GetModelVersionDownloadUri, { name, version })
    else await call(GetModelVersionByAlias, { name, alias })
  } catch (error) {
    if (!(error instanceof ApiError)) return
    const message = `Served entity '${entity.name}': ${error.message}`
    if (error.code === 'RESOURCE_DOES_NOT_EXIST') throw missing(message)
    // The code is MLflow's for a missing alias.
    if (error.code === 'INVALID_PARAMETER_VALUE')
      throw alias === undefined ? invalid(message) : missing(message)
  }
}
