import type { Readable } from 'node:stream'
import type { BlobInfo, Blobs, ByteRange } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { parseRange } from '@cairn/platform/http/response/range'
import { startRawResponse } from '@cairn/platform/http/response/send-blob'
import { sendReader, sendStream } from '@cairn/platform/http/response/send-bytes'
import type { FastifyReply } from 'fastify'
import { S3Error } from './errors.js'
import { etag } from './list-objects.js'

const ATTEMPTS = 3

export interface ObjectRequest {
  readonly blobs: Blobs
  readonly key: string
  /** The `Range` header. */
  readonly range: string | undefined
  readonly reply: FastifyReply
}

/**
 * Sends an object or a range of it. The headers always describe the bytes that follow, even if the object is replaced
 * concurrently.
 *
 * @throws S3Error, and the errors of the store
 */
export const sendObject = (request: ObjectRequest): Promise<FastifyReply> =>
  request.blobs.reader ? sendFromReader(request) : sendFromStream(request, ATTEMPTS)

/** An open reader keeps its version of the object. */
async function sendFromReader({ blobs, key, range, reply }: ObjectRequest): Promise<FastifyReply> {
  const reader = await blobs.reader!(key)
  let bytes: Required<ByteRange>
  try {
    bytes = setContentHeaders(reply, reader, requestedRange(range, reader.size))
  } catch (error) {
    await reader.close()
    throw error
  }
  startRawResponse(reply)
  await sendReader(reader, bytes, reply.raw)
  return reply
}

/** A stream does not identify its version of the object, so the metadata before and after opening it are compared. */
async function sendFromStream(request: ObjectRequest, attempts: number): Promise<FastifyReply> {
  const { blobs, key, range, reply } = request
  const info = await blobs.head(key)
  const bytes = requestedRange(range, info.size)
  const body = await blobs.get(key, bytes).catch((error: unknown) => ({ error }))
  const abandon = () => void ('error' in body || body.destroy())
  const current = await blobs.head(key).catch((error) => {
    abandon()
    throw error
  })
  if (etag(current) === etag(info)) {
    if ('error' in body) throw body.error
    return send(body, setContentHeaders(reply, info, bytes), reply)
  }
  abandon()
  if (attempts > 1) return sendFromStream(request, attempts - 1)
  throw new S3Error('SlowDown', 503, 'The object is being replaced repeatedly: try again.')
}

async function send(body: Readable, { start, end }: Required<ByteRange>, reply: FastifyReply) {
  try {
    await sendStream(body, reply.raw, { size: end - start, onStart: () => startRawResponse(reply) })
    return reply
  } catch (cause) {
    throw new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      'The storage connection failed before the object was sent.',
      {
        cause,
      },
    )
  }
}

export const setObjectHeaders = (reply: FastifyReply, info: BlobInfo) =>
  reply
    .header('etag', etag(info))
    .header('last-modified', new Date(info.modified).toUTCString())
    .header('accept-ranges', 'bytes')

/** @returns the bytes that the headers announce */
function setContentHeaders(reply: FastifyReply, info: BlobInfo, range: Required<ByteRange> | undefined) {
  const bytes = range ?? { start: 0, end: info.size }
  void setObjectHeaders(reply, info)
    .header('content-length', bytes.end - bytes.start)
    .type('application/octet-stream')
  if (range)
    void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${info.size}`)
  return bytes
}

/** @throws S3Error for a range outside the object */
function requestedRange(header: string | undefined, size: number): Required<ByteRange> | undefined {
  const range = parseRange(header, size)
  if (range === 'unsatisfiable') throw new S3Error('InvalidRange', 416)
  return range
}
