import {
  QueryServedEntity,
  QueryServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { FastifyPluginAsync } from 'fastify'
import { takeBytes } from '../request-body/request-body.js'
import { handleBytes } from './handle-bytes.js'
import type { EndpointQueries } from './query-endpoint.js'

/** Queries of endpoints in MLflow's scoring protocol. */
export const invocationRoutes: FastifyPluginAsync<{ readonly queries: EndpointQueries }> = async (
  app,
  { queries },
) => {
  takeBytes(app, (request) => queries.refuseEarly((request.params as { name: string }).name, request))
  for (const op of [QueryServingEndpoint, QueryServedEntity] as const)
    handleBytes(app, op, (request, reply) => {
      const { name, served_model_name } = request.params as { name: string; served_model_name?: string }
      return queries.answer({ endpoint: name, entity: served_model_name, protocol: 'mlflow' }, request, reply)
    })
}
