import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ApiError } from '@cairn/platform/errors'
import { readChunks } from '@cairn/platform/http/body/chunks'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { authenticate, blobKeyOf, type S3GatewayOptions } from './authenticate.js'
import { errorXml, S3Error } from './errors.js'
import { etag, listObjects } from './list-objects.js'
import { abortUpload, beginUpload, completeUpload, type NamedObject, putPart } from './multipart-uploads.js'
import { sendObject, setObjectHeaders } from './send-object.js'

interface S3Route {
  Params: { bucket: string; '*'?: string }
  Querystring: Record<string, string | undefined>
}
type S3Request = FastifyRequest<S3Route>

/**
 * The subset of S3 that readers and writers of Delta tables use, with the keys that `vend` issues. Its routes require no
 * privilege from Fastify: `authenticate` verifies the signature and decides.
 */
export const s3GatewayRoutes: FastifyPluginAsync<S3GatewayOptions> = async (app, options) => {
  const { blobs } = options
  const route = { config: { right: 'anyone' as const }, schema: { hide: true } }
  const objectOf = async (request: S3Request, write: boolean): Promise<NamedObject> => {
    const { bucket, '*': key = '' } = request.params
    return { bucket, key, blobKey: blobKeyOf(await authenticate(options, request, write), bucket, key) }
  }
  const blobKey = async (request: S3Request, write: boolean) => (await objectOf(request, write)).blobKey

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.setErrorHandler((error, request, reply) => {
    const { code, statusCode, message } = toS3Error(error)
    request.failure = { code, message }
    if (statusCode >= 500) request.log.error({ err: error }, 's3 gateway request failed')
    return reply.code(statusCode).type('application/xml').send(errorXml({ code, message }, request.url))
  })

  app.get<S3Route>('/api/cairn/v1/s3/:bucket', route, async (request, reply) => {
    const folder = await authenticate(options, request, false)
    if (request.params.bucket !== folder.bucket) throw new S3Error('AccessDenied')
    return reply.type('application/xml').send(await listObjects(blobs, folder, request.query))
  })
  app.head<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const info = await blobs.head(await blobKey(request, false))
    return setObjectHeaders(reply, info).header('content-length', info.size).send()
  })
  app.get<S3Route>(
    '/api/cairn/v1/s3/:bucket/*',
    { ...route, exposeHeadRoute: false },
    async (request, reply) => {
      const key = await blobKey(request, false)
      return sendObject({ blobs, key, range: request.headers.range, reply })
    },
  )
  app.put<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const object = await objectOf(request, true)
    rejectUnsupportedUploads(request)
    const { partNumber, uploadId } = request.query
    if (uploadId) {
      const part = { uploadId, number: Number(partNumber), bytes: Number(request.headers['content-length']) }
      return reply
        .header('etag', await putPart(blobs, object, { ...part, body: verifiedBody(request) }))
        .send()
    }
    const key = object.blobKey
    const ifAbsent = request.headers['if-none-match'] === '*'
    const info = await blobs.put(key, verifiedBody(request), { ifAbsent }).catch((error) => {
      const { destroyed, complete } = request.raw
      throw destroyed && !complete ? new S3Error('IncompleteBody', 400) : error
    })
    return reply.header('etag', etag(info)).send()
  })
  app.post<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const object = await objectOf(request, true)
    const { uploads, uploadId } = request.query
    void reply.type('application/xml')
    if (uploads !== undefined) return reply.send(await beginUpload(blobs, object))
    if (!uploadId) throw new S3Error('NotImplemented', 501, 'POST is only for multipart uploads.')
    return reply.send(await completeUpload(blobs, object, uploadId, verifiedBody(request)))
  })
  app.delete<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const object = await objectOf(request, true)
    const { uploadId } = request.query
    await (uploadId ? abortUpload(blobs, object, uploadId) : blobs.delete(object.blobKey))
    return reply.code(204).send()
  })
}

function rejectUnsupportedUploads(request: S3Request) {
  const { headers } = request
  const hash = String(headers['x-amz-content-sha256'] ?? '')
  if (headers['x-amz-copy-source'] || hash.startsWith('STREAMING-'))
    throw new S3Error('NotImplemented', 501, 'Chunked and copying uploads are not supported.')
}

/**
 * The body, failing the write when the bytes do not match the signed hash or the client aborts. Not `pipe`, which hangs
 * if the client aborts, nor a pipeline, which would end the request with the write.
 */
async function* verifiedBody({ body, headers }: S3Request) {
  const signed = String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
  const hash = createHash('sha256')
  if (body instanceof Readable)
    for await (const chunk of readChunks(body)) {
      hash.update(chunk)
      yield chunk
    }
  if (signed !== 'UNSIGNED-PAYLOAD' && hash.digest('hex') !== signed)
    throw new S3Error('XAmzContentSHA256Mismatch', 400)
}

const CODES: Readonly<Record<string, string>> = {
  RESOURCE_DOES_NOT_EXIST: 'NoSuchKey',
  INVALID_PARAMETER_VALUE: 'InvalidArgument',
  TEMPORARILY_UNAVAILABLE: 'ServiceUnavailable',
}

function toS3Error(error: unknown): { code: string; statusCode: number; message: string } {
  if (error instanceof S3Error) return error
  if (!(error instanceof ApiError))
    return { code: 'InternalError', statusCode: 500, message: 'Something went wrong inside the server.' }
  if (error.code === 'ALREADY_EXISTS')
    return { code: 'PreconditionFailed', statusCode: 412, message: error.message }
  const { code, statusCode, message } = error
  return { code: CODES[code] ?? code, statusCode, message }
}
