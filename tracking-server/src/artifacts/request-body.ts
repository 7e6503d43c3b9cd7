import type { Readable } from 'node:stream'
import type { BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import { invalid } from '@cairn/platform/errors'
import { receiveBody } from '@cairn/platform/http/body/receive'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Stores the body of a request as a blob. */
export const receiveBlob = ({ blobs, key }: BlobLocation, request: FastifyRequest, reply: FastifyReply) =>
  receiveBody(request, reply, (body) => blobs.put(key, body))

/** Reads the body of a request into memory. @throws INVALID_PARAMETER_VALUE as soon as it exceeds `maxBytes` */
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
