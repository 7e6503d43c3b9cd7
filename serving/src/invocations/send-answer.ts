import type { FastifyReply } from 'fastify'
import type { Answer } from './query-endpoint.js'

/** Sets the headers of a response, and returns its bytes. */
export function sendAnswer({ served, prediction }: Answer, reply: FastifyReply): Uint8Array {
  const { contentType, body, jsonLength } = prediction.response
  void reply.headers({
    'content-type': contentType,
    'served-model-name': served.entity.name,
    'served-model-version': served.version,
    ...(jsonLength !== undefined && { 'inference-header-content-length': jsonLength }),
  })
  return typeof body === 'string' ? Buffer.from(body) : body
}
