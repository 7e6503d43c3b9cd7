import { ApiError } from '@cairn/platform/errors'
import { handleBytes } from '@cairn/platform/http/handle-bytes'
import { QueryServedEntity, QueryServingEndpoint } from '@cairn/platform/protocol/serving-endpoints'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deployments } from '../deployments/deployments.js'
import type { ServedModel } from '../deployments/served-model.js'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointStore } from '../endpoints/store.js'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import type { RoutedEndpoint, RoutingTable } from '../routing/routing-table.js'
import type { Prediction } from '../runtime/request-queue.js'
import { pickServed } from './query.js'
import { requestBody, takeBytes } from './request-body.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly routing: RoutingTable
  readonly deployments: Deployments
  readonly metrics: EndpointMetrics
}

/**
 * Queries of endpoints. This thread decides about access and the served entity; the thread of the model parses the body and
 * writes the response.
 */
export const invocationRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, routing, deployments, metrics },
) => {
  takeBytes(app)

  /** The endpoint of a query that the caller may send. */
  async function authorizedEndpoint(name: string, request: FastifyRequest): Promise<RoutedEndpoint> {
    const endpoint = routing.find(name) ?? (await readEndpoint(name))
    await request.authorizeOften(['QUERY ENDPOINT', 'MANAGE'], endpoint.chain)
    return endpoint
  }

  /** For an endpoint that another process has just created. */
  async function readEndpoint(name: string): Promise<RoutedEndpoint> {
    const row = await endpoints.get(name)
    return { row, chain: endpointChain(row) }
  }

  async function predict(
    { row }: RoutedEndpoint,
    served: ServedModel,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Prediction> {
    const { entity, version, model } = served
    const stats = metrics.of({ endpoint: row.name, served_entity: entity.name, version })
    const begun = performance.now()
    try {
      const query = { protocol: 'mlflow', body: requestBody(request), name: entity.name, version } as const
      const prediction = await model.thread.predict(query, onDisconnect(reply))
      stats.add(200, performance.now() - begun, prediction)
      return prediction
    } catch (error) {
      stats.add(error instanceof ApiError ? error.statusCode : 500, performance.now() - begun)
      throw error
    }
  }

  for (const op of [QueryServingEndpoint, QueryServedEntity] as const)
    handleBytes(app, op, async (request, reply) => {
      const { name, served_model_name } = request.params as { name: string; served_model_name?: string }
      const endpoint = await authorizedEndpoint(name, request)
      const served = pickServed(endpoint.row, deployments, served_model_name)
      const { response } = await predict(endpoint, served, request, reply)
      void reply.headers({
        'content-type': response.contentType,
        'served-model-name': served.entity.name,
        'served-model-version': served.version,
      })
      return typeof response.body === 'string' ? Buffer.from(response.body) : response.body
    })
}

/** Calls `abandon` when the client closes the connection before its response. */
const onDisconnect =
  ({ raw }: FastifyReply) =>
  (abandon: () => void) => {
    raw.once('close', () => {
      if (!raw.writableFinished) abandon()
    })
  }
