import type { FastifyReply } from 'fastify'
import type { Answer } from './query-endpoint.js'

/** Keeps Fastify from adding a charset to the Content-Type. A string is written together with the headers. */
const unchanged = (text: unknown) => text as string

/** Sets the headers of a response, and returns its body. */
export function sendAnswer({ served, prediction }: Answer, reply: FastifyReply): string | Uint8Array {
  const { contentType, body, jsonLength } = prediction.response
  void reply.header('content-type', contentType)
  void reply.header('served-model-name', served.entity.name)
  void reply.header('served-model-version', served.version)
  if (jsonLength !== undefined) void reply.header('inference-header-content-length', jsonLength)
  if (typeof body === 'string') void reply.serializer(unchanged)
  return body
}
