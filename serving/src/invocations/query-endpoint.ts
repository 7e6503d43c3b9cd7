import { ApiError } from '@cairn/platform/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deployments } from '../deployments/deployments.js'
import type { ServedModel } from '../deployments/served-model.js'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointStore } from '../endpoints/store.js'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import type { ProtocolName } from '../protocols/protocols.js'
import type { RoutedEndpoint, RoutingTable } from '../routing/routing-table.js'
import type { Prediction } from '../runtime/request-queue.js'
import { pickServed } from './pick-served.js'
import { requestBody } from './request-body.js'

export interface QueryParts {
  readonly endpoints: EndpointStore
  readonly routing: RoutingTable
  readonly deployments: Deployments
  readonly metrics: EndpointMetrics
}

export interface Query {
  /** Name or id. */
  readonly endpoint: string
  /** Absent: the traffic split decides. */
  readonly entity?: string | undefined
  readonly protocol: ProtocolName
}

export interface Answer {
  readonly served: ServedModel
  readonly prediction: Prediction
}

/** Answers queries of all protocols: checks access, picks the served entity, and passes the bytes of the body to its model. */
export class EndpointQueries {
  readonly #parts: QueryParts

  constructor(parts: QueryParts) {
    this.#parts = parts
  }

  async answer(query: Query, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
    const endpoint = await this.authorizedEndpoint(query.endpoint, request)
    const served = pickServed(endpoint.row, this.#parts.deployments, query.entity)
    return { served, prediction: await this.#predict(endpoint, served, query.protocol, request, reply) }
  }

  /** The endpoint, if the caller may query it. */
  async authorizedEndpoint(name: string, request: FastifyRequest): Promise<RoutedEndpoint> {
    const endpoint = this.#parts.routing.find(name) ?? (await this.#readEndpoint(name))
    await request.authorizeOften(['QUERY ENDPOINT', 'MANAGE'], endpoint.chain)
    return endpoint
  }

  /** For an endpoint that another process has just created. */
  async #readEndpoint(name: string): Promise<RoutedEndpoint> {
    const row = await this.#parts.endpoints.get(name)
    return { row, chain: endpointChain(row) }
  }

  async #predict(
    { row }: RoutedEndpoint,
    { entity, version, model }: ServedModel,
    protocol: ProtocolName,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Prediction> {
    const stats = this.#parts.metrics.of({ endpoint: row.name, served_entity: entity.name, version })
    const begun = performance.now()
    try {
      const query = { protocol, body: requestBody(request), name: row.name, version }
      const prediction = await model.thread.predict(query, onDisconnect(reply))
      stats.add(200, performance.now() - begun, prediction)
      return prediction
    } catch (error) {
      stats.add(error instanceof ApiError ? error.statusCode : 500, performance.now() - begun)
      throw error
    }
  }
}

/** Calls `abandon` when the client closes the connection before its response. */
const onDisconnect =
  ({ raw }: FastifyReply) =>
  (abandon: () => void) => {
    raw.once('close', () => {
      if (!raw.writableFinished) abandon()
    })
  }
