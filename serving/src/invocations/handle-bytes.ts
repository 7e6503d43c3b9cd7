import { accessOf, documentation, requireDecision, routePath } from '@cairn/platform/http/handle'
import type { Operation } from '@cairn/platform/protocol/operation'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'

/** Registers the route of an operation whose body is parsed elsewhere. The handler returns the bytes of the response. */
export function handleBytes(
  app: FastifyInstance,
  op: Operation,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<Uint8Array>,
) {
  app.route({
    method: op.method as HTTPMethods,
    url: routePath(op),
    config: { ...accessOf(op), operation: op.id },
    schema: documentation(op),
    handler: async (request, reply) => {
      const output = await handler(request, reply)
      requireDecision(op, request)
      return output
    },
  })
}
