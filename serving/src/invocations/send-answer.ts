import type { FastifyReply } from 'fastify'
import type { ResponseBody } from '../protocols/protocol.js'
import type { Answer } from './query-endpoint.js'

/** Keeps Fastify from adding a charset to the Content-Type, which MLflow does not send. A string is written together with the headers. */
const unchanged = (text: unknown) => text as string

/** Sets the headers of a response, and returns its body. */
export function sendAnswer({ served, prediction }: Answer, reply: FastifyReply): string | Uint8Array {
  void reply.header('served-model-name', served.entity.name)
  void reply.header('served-model-version', served.version)
  return sendResponse(prediction.response, reply)
}

/** Sets the headers of the response of a model, and returns its body. */
export function sendResponse(
  { contentType, body, jsonLength }: ResponseBody,
  reply: FastifyReply,
): string | Uint8Array {
  void reply.header('content-type', contentType)
  if (jsonLength !== undefined) void reply.header('inference-header-content-length', jsonLength)
  if (typeof body === 'string') void reply.serializer(unchanged)
  return body
}
