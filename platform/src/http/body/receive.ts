import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Body } from '../../blobs/blobs.js'
import { ApiError } from '../../errors.js'
import { readChunks } from './chunks.js'
import { drain } from './drain.js'

/** Passes request bodies of every content type in `app` to the handlers as streams, including JSON. */
export function streamBodies(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

/** Streams a request's body to `store`, which discards incomplete bodies. */
export async function receiveBody<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  store: (body: Body) => Promise<T>,
): Promise<T> {
  const { raw } = request
  const body = request.body as Readable | undefined
  try {
    return await store(body ? readChunks(body) : new Uint8Array())
  } catch (error) {
    if (raw.destroyed && !raw.complete)
      throw new ApiError('CANCELLED', 'The client disconnected before its upload was complete.', {
        cause: error,
      })
    if (!(await drain(raw))) void reply.header('connection', 'close')
    throw error
  }
}
