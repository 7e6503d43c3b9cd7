import type { Readable } from 'node:stream'
import type { BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import type { Body } from '@cairn/platform/blobs/blobs'
import { ApiError, invalid } from '@cairn/platform/errors'
import { readChunks } from '@cairn/platform/http/body/chunks'
import { drain } from '@cairn/platform/http/body/drain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

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

export const receiveBlob = ({ blobs, key }: BlobLocation, request: FastifyRequest, reply: FastifyReply) =>
  receiveBody(request, reply, (body) => blobs.put(key, body))

/** @throws INVALID_PARAMETER_VALUE as soon as the body is known to be longer */
export async function readLimitedBody(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => invalid(`Artifact size is too large. Max size is ${maxBytes / 1024 / 1024}MB.`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of (request.body as Readable | undefined) ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
