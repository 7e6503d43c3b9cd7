import { READ_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'
import type { EndpointConfig } from '../endpoint-state/config.js'

/**
 * Requires the right to read the models, because the server loads them with its own privileges.
 *
 * @throws RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED
 */
export const requireModels = (request: FastifyRequest, { entities }: EndpointConfig) =>
  request.admitNames({ name: entities.map(({ entity_name }) => entity_name) }, { right: READ_MODELS })
