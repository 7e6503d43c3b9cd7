import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ApiError } from '@cairn/platform/errors'
import { chunksOf } from '@cairn/platform/http/chunks'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { blobKeyOf, enter } from './enter.js'
import { errorXml, S3Refusal } from './errors.js'
import { describe, sendObject } from './get.js'
import { etag, listObjects } from './list.js'

interface Asked {
  Params: { bucket: string; '*'?: string }
  Querystring: Record<string, string | undefined>
}
type Request = FastifyRequest<Asked>

/**
 * The part of S3 that readers and writers of Delta tables use, for keys that `vend` issued. It authenticates by
 * signature and decides on its own, which is why its routes ask for no right.
 */
export const s3DoorRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  const { blobs } = rooms.context
  const route = { config: { right: 'anyone' as const }, schema: { hide: true } }
  const place = async (request: Request, write: boolean) =>
    blobKeyOf(await enter(rooms, request, write), request.params.bucket, request.params['*'] ?? '')

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, request, reply) => {
    const { code, statusCode, message } = inS3Words(error)
    if (statusCode >= 500) request.log.error({ err: error }, 's3 door failed')
    return reply.code(statusCode).type('application/xml').send(errorXml({ code, message }, request.url))
  })

  app.get<Asked>('/api/cairn/v1/s3/:bucket', route, async (request, reply) => {
    const opened = await enter(rooms, request, false)
    if (request.params.bucket !== opened.bucket) throw new S3Refusal('AccessDenied')
    return reply.type('application/xml').send(await listObjects(blobs, opened, request.query))
  })
  app.head<Asked>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const info = await blobs.head(await place(request, false))
    return describe(reply, info).header('content-length', info.size).send()
  })
  app.get<Asked>(
    '/api/cairn/v1/s3/:bucket/*',
    { ...route, exposeHeadRoute: false },
    async (request, reply) => {
      const key = await place(request, false)
      return sendObject({ blobs, key, range: request.headers.range, reply })
    },
  )
  app.put<Asked>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const key = await place(request, true)
    refuseWhatWeLack(request)
    const ifAbsent = request.headers['if-none-match'] === '*'
    const info = await blobs.put(key, checked(request), { ifAbsent }).catch((error) => {
      const { destroyed, complete } = request.raw
      throw destroyed && !complete ? new S3Refusal('IncompleteBody', 400) : error
    })
    return reply.header('etag', etag(info)).send()
  })
  app.delete<Asked>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    await blobs.delete(await place(request, true))
    return reply.code(204).send()
  })
}

function refuseWhatWeLack(request: Request) {
  const { query, headers } = request
  const hash = String(headers['x-amz-content-sha256'] ?? '')
  if (query.uploadId || query.partNumber || headers['x-amz-copy-source'] || hash.startsWith('STREAMING-'))
    throw new S3Refusal('NotImplemented', 501, 'Multipart, chunked and copying uploads are not served here.')
}

/**
 * The body; fails the write at its end when the bytes are not those that were signed, and with a client that goes away.
 * Not `pipe`, which would wait for such a one for ever, nor a pipeline, which would end the request with the write.
 */
async function* checked({ body, headers }: Request) {
  const signed = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
  const hash = createHash('sha256')
  if (body instanceof Readable)
    for await (const chunk of chunksOf(body)) {
      hash.update(chunk)
      yield chunk
    }
  if (signed !== 'UNSIGNED-PAYLOAD' && hash.digest('hex') !== signed)
    throw new S3Refusal('XAmzContentSHA256Mismatch', 400)
}

const CODES: Readonly<Record<string, string>> = {
  RESOURCE_DOES_NOT_EXIST: 'NoSuchKey',
  INVALID_PARAMETER_VALUE: 'InvalidArgument',
  TEMPORARILY_UNAVAILABLE: 'ServiceUnavailable',
}

function inS3Words(error: unknown): { code: string; statusCode: number; message: string } {
  if (error instanceof S3Refusal) return error
  if (!(error instanceof ApiError))
    return { code: 'InternalError', statusCode: 500, message: 'Something went wrong inside the server.' }
  if (error.code === 'ALREADY_EXISTS')
    return { code: 'PreconditionFailed', statusCode: 412, message: error.message }
  const { code, statusCode, message } = error
  return { code: CODES[code] ?? code, statusCode, message }
}
