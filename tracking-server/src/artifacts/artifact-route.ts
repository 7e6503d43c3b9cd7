import { ajaxPath } from '@cairn/platform/http/handle'
import type { Right } from '@cairn/platform/protocol/operation'
import type { FastifyContextConfig, FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'

/** Adds a route under both prefixes of MLflow. It transfers bytes instead of JSON, so the OpenAPI document omits it. */
export function artifactRoute(
  app: FastifyInstance,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  right: Right,
  names: NamesOf,
  handler: RouteHandlerMethod,
) {
  for (const one of [url, ajaxPath(url)!])
    app.route({ method, url: one, config: { right, names }, schema: { hide: true }, handler })
}

/** The objects that the requests of a route name; rights on them are decided before its handler runs. */
export type NamesOf = NonNullable<FastifyContextConfig['names']>

/** The path in the proxied store at the end of the URL. */
export const namesPath: NamesOf = (request) => ({ artifact_path: artifactPath(request) })

export const artifactPath = (request: FastifyRequest) => (request.params as { '*': string })['*']
