import type { IncomingMessage } from 'node:http'
import { errorCodes, type FastifyRequest } from 'fastify'
import { invalid } from '../../errors.js'
import { paceReading } from './paced-reading.js'
import { ReceivedBytes } from './received-bytes.js'

const MAX_SMALL_CHUNKS = 16_384
const MIN_CHUNK_BYTES = 64
/** The length from which chunks are paced. Pacing smaller ones would cost most requests a callback. */
const PACED_BYTES = 16 * 1024

/**
 * Receives a body. Fastify's parsers keep each chunk, so that a body in chunks of one byte takes gigabytes.
 *
 * @throws Fastify's errors for a body that is larger than the limit or ends early; INVALID_PARAMETER_VALUE for too many small chunks
 */
export async function receiveBytes(
  { headers, routeOptions }: FastifyRequest,
  payload: IncomingMessage,
  limit = routeOptions.bodyLimit!,
): Promise<ReceivedBytes> {
  const declared = headers['content-length']
  if (Number(declared) > limit) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
  const received = new ReceivedBytes()
  let chunks = 0
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      received.add(chunk)
      const refusal = refusalOf(received.byteLength, ++chunks, limit)
      if (refusal) payload.off('data', onData) && reject(refusal)
      else if (chunk.byteLength >= PACED_BYTES) paceReading(payload, chunk.byteLength)
    }
    payload.on('data', onData).once('end', resolve)
    payload.once('error', (error) => reject(Object.assign(error, { statusCode: 400 })))
  })
  if (declared !== undefined && received.byteLength !== Number(declared))
    throw new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH()
  return received
}

function refusalOf(bytes: number, chunks: number, limit: number): Error | undefined {
  if (bytes > limit) return new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
  if (chunks > MAX_SMALL_CHUNKS && bytes < chunks * MIN_CHUNK_BYTES)
    return invalid('The request body has too many small chunks: send larger ones.')
  return undefined
}
