import type { IncomingMessage } from 'node:http'
import { receiveBytes } from '@cairn/platform/http/body/receive-bytes'
import { ReceivedBytes } from '@cairn/platform/http/body/received-bytes'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestBody } from '../protocols/protocol.js'
import { discardBody } from './discard-body.js'

/**
 * Passes bodies on as bytes: they are parsed in the thread of the model.
 *
 * @param refuseEarly rejects a query before its body is read
 */
export function takeBytes(
  app: FastifyInstance,
  refuseEarly?: (request: FastifyRequest) => Promise<void> | undefined,
): void {
  if (refuseEarly)
    app.addHook('preParsing', (request, _reply, payload, done) => {
      const accept = () => done(null, payload)
      const refuse = (error: unknown) => {
        discardBody(request.raw)
        done(error as Error)
      }
      try {
        const deciding = refuseEarly(request)
        if (deciding) deciding.then(accept, refuse)
        else accept()
      } catch (error) {
        refuse(error)
      }
    })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    receiveBytes(request, payload),
  )
}

const NOTHING = new ReceivedBytes()

/** Returns the body of a request to a route of `takeBytes`. */
export const receivedBody = (body: unknown) => (body as ReceivedBytes | undefined) ?? NOTHING

export function requestBody({ body, headers }: FastifyRequest): RequestBody {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers
  const jsonLength = headers['inference-header-content-length']
  const received = receivedBody(body)
  return {
    get bytes() {
      return received.bytes
    },
    chunks: received.chunks,
    contentType,
    contentEncoding,
    jsonLength: jsonLength === undefined ? undefined : Number(jsonLength),
  }
}
