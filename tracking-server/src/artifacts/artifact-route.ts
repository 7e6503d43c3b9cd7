import { ajaxPath } from '@cairn/platform/http/handle'
import type { Right } from '@cairn/platform/protocol/operation'
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'

/** Adds a route under both prefixes of MLflow. It transfers bytes instead of JSON, so the OpenAPI document omits it. */
export function artifactRoute(
  app: FastifyInstance,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  url: string,
  right: Right,
  handler: RouteHandlerMethod,
) {
  for (const one of [url, ajaxPath(url)!])
    app.route({ method, url: one, config: { right }, schema: { hide: true }, handler })
}

export const artifactPath = (request: FastifyRequest) => (request.params as { '*': string })['*']
