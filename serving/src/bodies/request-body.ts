import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestBody } from '../protocols/protocol.js'

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
      const refused = refuseEarly(request)
      if (refused) refused.then(() => done(null, payload), done)
      else done(null, payload)
    })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

const NOTHING = new Uint8Array()

export function requestBody({ body, headers }: FastifyRequest): RequestBody {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = headers
  const jsonLength = headers['inference-header-content-length']
  return {
    bytes: (body as Uint8Array | undefined) ?? NOTHING,
    contentType,
    contentEncoding,
    jsonLength: jsonLength === undefined ? undefined : Number(jsonLength),
  }
}
