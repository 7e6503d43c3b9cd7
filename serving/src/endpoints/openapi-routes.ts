import { baseUrlOf } from '@cairn/platform/http/base-url'
import { handle } from '@cairn/platform/http/handle'
import {
  GetServingEndpointMetrics,
  GetServingEndpointOpenApi,
} from '@cairn/platform/protocol/serving-endpoints'
import type { FastifyPluginAsync } from 'fastify'
import type { Deployment, Deployments } from '../deployments/deployments.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import { openApiDocument } from '../protocols/openapi/openapi.js'
import type { EndpointRow } from '../schema.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: Deployments
  readonly metrics: EndpointMetrics
  /** Empty to use that of the request. */
  readonly publicUrl: string
}

/** The metrics and the OpenAPI document of an endpoint. */
export const documentRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, deployments, metrics, publicUrl },
) => {
  handle(app, GetServingEndpointMetrics, async ({ name }, _request, reply) => {
    const row = await endpoints.get(name)
    void reply.type('text/plain; version=0.0.4; charset=utf-8')
    return metrics.text(row.name)
  })
  handle(app, GetServingEndpointOpenApi, async ({ name }, request) => {
    const row = await endpoints.get(name)
    const baseUrl = baseUrlOf(request, publicUrl)
    return openApiOf(row, deployments.find(row.id), baseUrl) as Record<string, unknown>
  })
}

/** Includes the types of the first served entity once it is loaded. */
function openApiOf(
  { name, description }: EndpointRow,
  deployment: Deployment | undefined,
  baseUrl: string,
): object {
  const [served] = deployment?.served.values() ?? []
  const { signature, inputExample } = served?.model.host.description ?? {}
  return openApiDocument({
    name,
    description,
    url: `${baseUrl}/serving-endpoints/${name}/invocations`,
    ...(signature && { signature }),
    ...(inputExample !== undefined && { inputExample }),
  })
}
