import type { MessagePort } from 'node:worker_threads'
import type { ResponseBody } from '../protocols/protocol.js'
import type { PredictionResponse } from './messages.js'

/** Cloning larger bodies, and encoding larger texts, would block the event loop of the server. */
const LARGE = 256 * 1024

/** Sends responses to the thread of the server, which gets large bodies as bytes. */
export function postResponses(port: MessagePort, responses: readonly PredictionResponse[]): void {
  const buffers: ArrayBuffer[] = []
  const sent = responses.map((one) => {
    if (!('response' in one)) return one
    const response = transferLarge(one.response, buffers)
    return response === one.response ? one : { ...one, response }
  })
  port.postMessage(sent, buffers)
}

/** A large body as bytes, whose buffer is added to those to transfer. */
export function transferLarge(response: ResponseBody, buffers: ArrayBuffer[]): ResponseBody {
  if (response.body.length <= LARGE) return response
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body
  buffers.push(body.buffer as ArrayBuffer) // one of this size is in no pool
  return { ...response, body }
}
