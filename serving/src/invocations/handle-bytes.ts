import { accessOf, documentation, requireDecision, routePath } from '@cairn/platform/http/handle'
import type { Operation } from '@cairn/platform/protocol/operation'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Answer } from './query-endpoint.js'
import { sendAnswer } from './send-answer.js'

/** Registers the route of an operation whose body is parsed, and whose response is formatted, in the thread of a model. */
export function handleBytes(
  app: FastifyInstance,
  op: Operation,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<Answer>,
) {
  app.route({
    method: op.method as HTTPMethods,
    url: routePath(op),
    config: { ...accessOf(op), operation: op.id },
    schema: documentation(op),
    handler: async (request, reply) => {
      const answer = await handler(request, reply)
      requireDecision(op, request)
      return sendAnswer(answer, reply)
    },
  })
}
