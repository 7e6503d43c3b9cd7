import type { SecurableId } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Admission } from '../admission/admission.js'
import { startRecording } from '../capture/capture.js'
import type { RecordedQuery } from '../capture/payload-row.js'
import type { LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { ServedModel } from '../deployments/served-model.js'
import { EndpointBusyError } from '../endpoint-busy-error.js'
import { endpointSecurable, noSuchEndpoint } from '../endpoint-securable.js'
import type { EndpointConfig } from '../endpoint-state/config.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import type { RequestBody } from '../protocols/protocol.js'
import type { ProtocolName } from '../protocols/protocols.js'
import { requestBody } from '../request-body/request-body.js'
import type { RoutedEndpoint, RoutingTable } from '../routing/routing-table.js'
import type { ModelQuery } from '../runtime/messages.js'
import type { Prediction, QueryOptions } from '../runtime/request-queue.js'
import { hashShare } from '../traffic/hash-share.js'
import type { Shadow } from '../traffic/shadow.js'
import { stickyKey } from '../traffic/sticky-key.js'
import { onDisconnect } from './on-disconnect.js'
import { openInferenceError } from './open-inference-error.js'
import { pickServed } from './pick-served.js'

export interface QueryParts {
  readonly endpoints: EndpointStore
  readonly routing: RoutingTable
  readonly deployments: LoadedDeployments
  readonly admission: Admission
  readonly metrics: EndpointMetrics
  readonly shadow: Shadow
  /** Takes the queries of endpoints with an inference table. */
  readonly record: (query: RecordedQuery) => void
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

/** Answers queries of all protocols: checks access and rate limits, picks the served entity, and passes the bytes of the body to its model. */
export class EndpointQueries {
  readonly #parts: QueryParts

  constructor(parts: QueryParts) {
    this.#parts = parts
  }

  async answer(query: Query, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
    const { admission, deployments, record, shadow } = this.#parts
    const endpoint =
      this.#known(query.endpoint, request) ?? (await this.authorizedEndpoint(query.endpoint, request))
    const { row } = endpoint
    const recording = startRecording(record, endpoint.capture, request)
    let served: ServedModel | undefined
    try {
      if (endpoint.rateLimits) await admission.admit(endpoint, request.principal, reply)
      const deployment = deployments.find(row.id)
      const body = requestBody(request)
      const share = ({ sticky_by }: EndpointConfig) => shareOf(row.id, sticky_by, request.principal, body)
      served = pickServed(row, deployment, { entity: query.entity, share })
      const modelQuery = { protocol: query.protocol, body, name: row.name, version: served.version }
      const options = { caller: request.principal.id, onDisconnect: onDisconnect(reply) }
      const prediction = await this.#predict(row.name, served, modelQuery, options)
      recording?.answered(served, prediction)
      if (deployment?.config.shadow && !query.entity) shadow.mirror(deployment, modelQuery, prediction)
      return { served, prediction }
    } catch (error) {
      if (!served) this.#parts.metrics.of({ endpoint: row.name, ...NO_ENTITY }).add(statusOf(error), 0)
      recording?.failed(served, error, ERROR_BODIES[query.protocol])
      throw error
    }
  }

  /**
   * Refuses a query before its body is read, which would delay other queries.
   *
   * @throws PERMISSION_DENIED; TEMPORARILY_UNAVAILABLE when all models of the endpoint are busy
   */
  refuseEarly(name: string, request: FastifyRequest): Promise<void> | undefined {
    const authorized = this.authorizedEndpoint(name, request)
    if (authorized instanceof Promise)
      return authorized.then((endpoint) => this.#refuseBusy(endpoint, request))
    this.#refuseBusy(authorized, request)
    return undefined
  }

  #refuseBusy(endpoint: RoutedEndpoint, request: FastifyRequest): void {
    request.authorizedEndpoint = endpoint
    const { row } = endpoint
    const served = [...(this.#parts.deployments.find(row.id)?.served.values() ?? [])]
    if (served.length === 0 || served.some(({ model }) => !model.host.isBusyFor(request.principal.id))) return
    this.#parts.metrics.of({ endpoint: row.name, ...NO_ENTITY }).add(503, 0)
    throw new EndpointBusyError()
  }

  /** The endpoint, if the caller may query it. */
  authorizedEndpoint(name: string, request: FastifyRequest): Promise<RoutedEndpoint> | RoutedEndpoint {
    const endpoint = this.#parts.routing.find(name)
    if (!endpoint) return this.#readEndpoint(name, request)
    const decision = authorize(request, name, endpoint.securable)
    if (!(decision instanceof Promise)) return endpoint
    return decision.then(
      () => endpoint,
      async (error) => {
        await this.#parts.endpoints.find(name) // Hidden and absent endpoints take equally long.
        throw error
      },
    )
  }

  /** The endpoint that was authorized before the body was read, unless it has changed since. */
  #known(name: string, request: FastifyRequest): RoutedEndpoint | undefined {
    const endpoint = request.authorizedEndpoint
    return endpoint && this.#parts.routing.find(name) === endpoint ? endpoint : undefined
  }

  /** For an endpoint that another process has just created. */
  async #readEndpoint(name: string, request: FastifyRequest): Promise<RoutedEndpoint> {
    const { endpoints, routing } = this.#parts
    const row = await endpoints.get(name)
    await authorize(request, name, endpointSecurable(row))
    return routing.put(row)
  }

  async #predict(
    endpoint: string,
    { entity, version, model }: ServedModel,
    query: ModelQuery,
    options: QueryOptions,
  ): Promise<Prediction> {
    const stats = this.#parts.metrics.of({ endpoint, served_entity: entity.name, version })
    const begun = performance.now()
    try {
      const prediction = await model.host.predict(query, options)
      stats.add(200, performance.now() - begun, prediction)
      return prediction
    } catch (error) {
      stats.add(statusOf(error), performance.now() - begun)
      throw error
    }
  }
}

const authorize = (request: FastifyRequest, name: string, endpoint: SecurableId) =>
  request.authorizeOften('QUERY ENDPOINT', endpoint, () => noSuchEndpoint(name))

/** The labels of a query that was refused before a served entity was picked. */
const NO_ENTITY = { served_entity: '', version: '' }

const statusOf = (error: unknown) => (error instanceof ApiError ? error.statusCode : 500)

const ERROR_BODIES: Readonly<Record<ProtocolName, (error: ApiError) => object>> = {
  mlflow: (error) => error.toJSON(),
  oip: openInferenceError,
}

function shareOf(
  endpointId: string,
  stickyBy: string | undefined,
  { id }: Principal,
  body: RequestBody,
): number {
  const key = stickyBy === undefined ? undefined : stickyKey(stickyBy, id, body)
  return key === undefined ? Math.random() : hashShare(endpointId, key)
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The endpoint of a query that was authorized before its body was read. */
    authorizedEndpoint: RoutedEndpoint | undefined
  }
}
