import { baseUrlOf } from '@cairn/platform/http/base-url'
import { handle } from '@cairn/platform/http/handle'
import { GetServingEndpointOpenApi } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { FastifyPluginAsync } from 'fastify'
import type { LoadedDeployment, LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import { openApiDocument } from '../protocols/openapi/openapi.js'
import type { EndpointRow } from '../schema.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: LoadedDeployments
  /** Empty to use the URL of the request. */
  readonly publicUrl: string
}

/** Serves the OpenAPI document of one endpoint. */
export const openApiRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, deployments, publicUrl },
) => {
  handle(app, GetServingEndpointOpenApi, async ({ name }, request) => {
    const row = await endpoints.get(name)
    const baseUrl = baseUrlOf(request, publicUrl)
    return openApiOf(row, deployments.find(row.id), baseUrl) as Record<string, unknown>
  })
}

/** Includes the types of the first served entity once it is loaded. */
function openApiOf(
  { name, description }: EndpointRow,
  deployment: LoadedDeployment | undefined,
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
