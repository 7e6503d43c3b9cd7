import type { Readable } from 'node:stream'
import type { BlobInfo, Blobs, ByteRange } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { begin } from '@cairn/platform/http/send-blob'
import { sendReader, sendStream } from '@cairn/platform/http/send-bytes'
import type { FastifyReply } from 'fastify'
import { S3Refusal } from './errors.js'
import { etag } from './list.js'

const ATTEMPTS = 3

/** What is asked for, and where the answer goes. */
export interface Asked {
  readonly blobs: Blobs
  readonly key: string
  readonly range: string | undefined
  readonly reply: FastifyReply
}

/**
 * Sends an object, or the range of it that was asked for. Its headers are those of the bytes that follow, though it may
 * be replaced at any moment.
 *
 * @throws S3Refusal, and what the store throws
 */
export const sendObject = (asked: Asked): Promise<FastifyReply> =>
  asked.blobs.reader ? fromReader(asked) : fromStream(asked, ATTEMPTS)

/** What is open stays what it is. */
async function fromReader({ blobs, key, range, reply }: Asked): Promise<FastifyReply> {
  const reader = await blobs.reader!(key)
  let part: Required<ByteRange>
  try {
    part = describePart(reply, reader, parseRange(range, reader.size))
  } catch (error) {
    await reader.close()
    throw error
  }
  begin(reply)
  await sendReader(reader, part, reply.raw)
  return reply
}

/** A stream does not say what it is of: it is of what the store held both before it began and after. */
async function fromStream(asked: Asked, attempts: number): Promise<FastifyReply> {
  const { blobs, key, range, reply } = asked
  const info = await blobs.head(key)
  const parsed = parseRange(range, info.size)
  const opened = await blobs.get(key, parsed).catch((error: unknown) => ({ error }))
  const abandon = () => void ('error' in opened || opened.destroy())
  const now = await blobs.head(key).catch((error) => {
    abandon()
    throw error
  })
  if (etag(now) === etag(info)) {
    if ('error' in opened) throw opened.error
    return send(opened, describePart(reply, info, parsed), reply)
  }
  abandon()
  if (attempts > 1) return fromStream(asked, attempts - 1)
  throw new S3Refusal('SlowDown', 503, 'The object is being replaced over and over: ask again.')
}

async function send(body: Readable, { start, end }: Required<ByteRange>, reply: FastifyReply) {
  try {
    await sendStream(body, reply.raw, { size: end - start, begin: () => begin(reply) })
    return reply
  } catch (cause) {
    throw new ApiError('TEMPORARILY_UNAVAILABLE', 'Storage broke off before it sent the object.', { cause })
  }
}

export const describe = (reply: FastifyReply, info: BlobInfo) =>
  reply
    .header('etag', etag(info))
    .header('last-modified', new Date(info.modified).toUTCString())
    .header('accept-ranges', 'bytes')

/** @returns the bytes that the headers announce */
function describePart(reply: FastifyReply, info: BlobInfo, range: Required<ByteRange> | undefined) {
  const part = range ?? { start: 0, end: info.size }
  void describe(reply, info)
    .header('content-length', part.end - part.start)
    .type('application/octet-stream')
  if (range)
    void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${info.size}`)
  return part
}

/** One range, half-open; none or several mean the whole. @throws S3Refusal for one that holds no byte */
function parseRange(text: string | undefined, size: number): Required<ByteRange> | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (start >= end) throw new S3Refusal('InvalidRange', 416)
  return { start, end }
}
