import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  type InvocationInput,
  QueryServedEntity,
  QueryServingEndpoint,
} from '@cairn/platform/protocol/serving-endpoints'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deployments } from '../deployments/deployments.js'
import { type EndpointStore, endpointChain } from '../endpoints/store.js'
import type { EndpointRow } from '../schema.js'
import { EndpointMetrics } from './endpoint-metrics.js'
import { pickRoute } from './split.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: Deployments
}

/** Queries of endpoints: picks a served entity by the traffic split, and passes the input to its model. */
export const invocationRoutes: FastifyPluginAsync<Options> = async (app, { endpoints, deployments }) => {
  const metrics = new EndpointMetrics(app.metrics)

  async function invoke(
    row: EndpointRow,
    entityName: string | undefined,
    { dataframe_split, dataframe_records, instances, inputs }: InvocationInput,
    reply: FastifyReply,
  ) {
    const deployment = deployments.find(row.id)
    if (!deployment || deployment.served.size === 0) throw notReady(row)
    const name = entityName ?? pickRoute(deployment.config.routes, Math.random())
    const served = deployment.served.get(name)
    if (!served)
      throw entityName ? missing(`Endpoint '${row.name}' has no served entity '${name}'.`) : notReady(row)
    const data = { dataframe_split, dataframe_records, instances, inputs }
    const labels = { endpoint: row.name, served_entity: name, version: served.version }
    const predictions = await metrics.observe(labels, served.model.thread.predict(data, disconnection(reply)))
    void reply.headers({ 'served-model-name': name, 'served-model-version': served.version })
    return { predictions }
  }

  const authorizedEndpoint = async (name: string, request: FastifyRequest) => {
    const row = await endpoints.get(name)
    await request.authorize(['QUERY ENDPOINT', 'MANAGE'], endpointChain(row))
    return row
  }
  handle(app, QueryServingEndpoint, async ({ name, ...input }, request, reply) =>
    invoke(await authorizedEndpoint(name, request), undefined, input, reply),
  )
  handle(app, QueryServedEntity, async ({ name, served_model_name, ...input }, request, reply) =>
    invoke(await authorizedEndpoint(name, request), served_model_name, input, reply),
  )
}

/** Aborts when the client closes the connection before its response. */
function disconnection({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** An endpoint whose only configuration has failed stays so until it is updated: clients must not retry. */
const notReady = ({ name, config, update_state, update_message }: EndpointRow) =>
  config === null && update_state === 'UPDATE_FAILED'
    ? new ApiError('INVALID_STATE', `Endpoint '${name}' could not be deployed. ${update_message}`)
    : new ApiError('TEMPORARILY_UNAVAILABLE', `Endpoint '${name}' is not ready yet.`)
