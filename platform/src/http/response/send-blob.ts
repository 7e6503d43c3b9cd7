import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BlobLocation } from '../../blobs/artifact-locations.js'
import type { BlobInfo, ByteRange } from '../../blobs/blobs.js'
import { hasEntries } from '../../blobs/has-entries.js'
import { ApiError, invalid } from '../../errors.js'
import { attachment, mediaType } from './media-type.js'
import { parseRange } from './range.js'
import { sendReader, sendStream } from './send-bytes.js'

/** Makes browsers save a file of any type, and run nothing in it. */
export const asDownload = (reply: FastifyReply, name: string) =>
  reply.headers({
    'content-disposition': attachment(name),
    'content-security-policy': "sandbox; default-src 'none'",
  })

/** How a browser shows a blob in a page, instead of saving it. */
export interface ShownBlob {
  readonly type: string
  /** Must keep the blob from acting as a page of this server. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Streams a blob, or the requested range of it, as a download, or as `shown`.
 *
 * @throws RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for a folder
 */
export async function sendBlob(
  location: BlobLocation,
  request: FastifyRequest,
  reply: FastifyReply,
  shown?: ShownBlob,
): Promise<FastifyReply> {
  const { blobs, key } = location
  const { size, modified } = await headOf(location)
  const lastModified = new Date(modified).toUTCString()
  // Resuming a download after the blob was replaced returns the whole new blob instead of its rest.
  const isSame = (request.headers['if-range'] ?? lastModified) === lastModified
  const range = isSame ? parseRange(request.headers.range, size) : undefined
  void (shown ? reply.headers(shown.headers) : asDownload(reply, key))
  void reply.headers({ 'accept-ranges': 'bytes', 'last-modified': lastModified })
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send()
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${size}`)
  const length = range ? range.end - range.start : size
  void reply.type(shown?.type ?? mediaType(key)).header('content-length', length)
  // An empty stream, because fastify would overwrite the content length otherwise.
  if (request.method === 'HEAD') return reply.send(Readable.from([]))
  if (!blobs.reader) return stream(location, range, { length, reply })
  const reader = await blobs.reader(key)
  if (reader.size !== size || reader.modified !== modified) {
    await reader.close()
    for (const name of ['content-range', 'content-length']) void reply.removeHeader(name)
    return sendBlob(location, request, reply.code(200), shown) // the blob was replaced after its head was read
  }
  startRawResponse(reply)
  await sendReader(reader, range ?? { start: 0, end: size }, reply.raw)
  return reply
}

/** Sends the head. The body must then be written to `reply.raw`, without fastify. */
export function startRawResponse(reply: FastifyReply) {
  reply.hijack()
  reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders)
}

async function stream(
  { blobs, key }: BlobLocation,
  range: ByteRange | undefined,
  { length, reply }: { readonly length: number; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const body = await blobs.get(key, range)
  try {
    await sendStream(body, reply.raw, { size: length, onStart: () => startRawResponse(reply) })
    return reply
  } catch (cause) {
    throw new ApiError('TEMPORARILY_UNAVAILABLE', `The store failed before it sent '${key}'`, { cause })
  }
}

async function headOf({ blobs, key }: BlobLocation): Promise<BlobInfo> {
  try {
    return await blobs.head(key)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    if (!(await hasEntries(blobs, key))) throw error
    throw invalid(`Artifact path refers to a directory, not a file: '${key}'`)
  }
}
