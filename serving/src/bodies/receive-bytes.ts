import type { IncomingMessage } from 'node:http'
import { errorCodes, type FastifyRequest } from 'fastify'
import { ReceivedBytes } from './received-bytes.js'

/**
 * Receives the body of a request without joining its chunks.
 *
 * @throws Fastify's errors for a body that is larger than the limit of the route, or that ends early
 */
export async function receiveBytes(
  { headers, routeOptions }: FastifyRequest,
  payload: IncomingMessage,
): Promise<ReceivedBytes> {
  const limit = routeOptions.bodyLimit!
  const declared = headers['content-length']
  if (Number(declared) > limit) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
  const received = new ReceivedBytes()
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      received.add(chunk)
      if (received.byteLength <= limit) return
      payload.off('data', onData)
      reject(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE())
    }
    payload
      .on('data', onData)
      .once('end', resolve)
      .once('error', (error) => reject(Object.assign(error, { statusCode: 400 })))
  })
  if (declared !== undefined && received.byteLength !== Number(declared))
    throw new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH()
  return received
}
