import { ajaxPath } from '@cairn/platform/http/handle'
import type { Right } from '@cairn/platform/protocol/operation'
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'

/** Adds a route that is no operation of the protocol, and so not in the OpenAPI document, under both prefixes of MLflow. */
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
