import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ApiError } from '@cairn/platform/errors'
import { readChunks } from '@cairn/platform/http/body/chunks'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { authenticate, blobKeyOf, type S3GatewayOptions } from './authenticate.js'
import { errorXml, S3Error } from './errors.js'
import { etag, listObjects } from './list-objects.js'
import {
  abortUpload,
  beginUpload,
  completeUpload,
  type NamedObject,
  putPart,
  type UploadStores,
} from './multipart-uploads.js'
import { rejectUnknownParameters } from './query-parameters.js'
import { sendObject, setObjectHeaders } from './send-object.js'

interface S3Route {
  Params: { bucket: string; '*'?: string }
  /** Values of repeated parameters are arrays. */
  Querystring: Record<string, string | undefined>
}
type S3Request = FastifyRequest<S3Route>

/**
 * Serves the subset of S3 that readers and writers of Delta tables use, with the keys that `vend` issues. The routes name no
 * right, because `authenticate` verifies the signature and decides.
 */
export const s3GatewayRoutes: FastifyPluginAsync<S3GatewayOptions> = async (app, options) => {
  const { blobs, uploads } = options
  const stores = { blobs, uploads }
  const route = { config: { right: 'anyone' as const }, schema: { hide: true } }
  const objectOf = async (request: S3Request, write: boolean): Promise<NamedObject> => {
    const { bucket, '*': key = '' } = request.params
    const folder = await authenticate(options, request, write)
    const blobKey = blobKeyOf(folder, bucket, key)
    rejectUnknownParameters(request, 'object')
    return { bucket, key, blobKey, principal: folder.principal }
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
    rejectUnknownParameters(request, 'bucket')
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
    if (partNumber !== undefined || uploadId !== undefined)
      return reply.header('etag', await receivePart(stores, object, request)).send()
    const key = object.blobKey
    const ifAbsent = mustBeAbsent(request)
    const info = await blobs.put(key, verifiedBody(request), { ifAbsent }).catch(orIncomplete(request))
    return reply.header('etag', etag(info)).send()
  })
  app.post<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const object = await objectOf(request, true)
    void reply.type('application/xml')
    if (request.query.uploads !== undefined) return reply.send(await beginUpload(stores, object))
    if (request.query.uploadId === undefined)
      throw new S3Error('NotImplemented', 501, 'POST is only for multipart uploads.')
    const uploadId = parameter(request, 'uploadId')
    return reply.send(
      await completeUpload(stores, object, {
        uploadId,
        list: verifiedBody(request),
        ifAbsent: mustBeAbsent(request),
      }),
    )
  })
  app.delete<S3Route>('/api/cairn/v1/s3/:bucket/*', route, async (request, reply) => {
    const object = await objectOf(request, true)
    if (request.query.uploadId === undefined) await blobs.delete(object.blobKey)
    else await abortUpload(stores, object, parameter(request, 'uploadId'))
    return reply.code(204).send()
  })
}

function receivePart(stores: UploadStores, object: NamedObject, request: S3Request): Promise<string> {
  const part = {
    uploadId: parameter(request, 'uploadId'),
    number: Number(parameter(request, 'partNumber')),
    bytes: Number(request.headers['content-length']),
  }
  return putPart(stores, object, { ...part, body: verifiedBody(request) }).catch(orIncomplete(request))
}

/** @throws S3Error unless the parameter has exactly one value. Otherwise the request would write the object itself. */
function parameter({ query }: S3Request, name: 'uploadId' | 'partNumber'): string {
  const value: unknown = query[name]
  if (typeof value === 'string' && value !== '') return value
  throw new S3Error('InvalidArgument', 400, `${name}: pass exactly one value that is not empty.`)
}

const orIncomplete =
  ({ raw }: S3Request) =>
  (error: unknown): never => {
    throw raw.destroyed && !raw.complete ? new S3Error('IncompleteBody', 400) : error
  }

/** @throws S3Error for conditions that would be ignored */
function mustBeAbsent({ headers }: S3Request): boolean {
  const condition = headers['if-none-match']
  if (headers['if-match'] === undefined && (condition === undefined || condition === '*'))
    return condition === '*'
  throw new S3Error('NotImplemented', 501, 'The only condition of a write is If-None-Match: *.')
}

function rejectUnsupportedUploads(request: S3Request) {
  const { headers } = request
  const hash = String(headers['x-amz-content-sha256'] ?? '')
  if (headers['x-amz-copy-source'] || hash.startsWith('STREAMING-'))
    throw new S3Error('NotImplemented', 501, 'Chunked and copying uploads are not supported.')
}

/**
 * Yields the body. Fails the write if the bytes do not match the signed hash or the client aborts. `pipe` would hang if the
 * client aborts, and `pipeline` would end the request with the write.
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
  NOT_IMPLEMENTED: 'NotImplemented',
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
