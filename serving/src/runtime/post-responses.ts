import type { MessagePort } from 'node:worker_threads'
import type { ResponseBody } from '../protocols/protocol.js'
import type { PredictionResponse } from './messages.js'

/** Cloning larger bodies, and encoding larger texts, would block the event loop of the server. */
const LARGE = 256 * 1024

/** Sends responses to the thread of the server, which gets large bodies as bytes. */
export function postResponses(port: MessagePort, responses: readonly PredictionResponse[]): void {
  const buffers: ArrayBuffer[] = []
  const withBuffer = (one: PredictionResponse) =>
    isLarge(one) ? { ...one, response: transferLarge(one.response, buffers) } : one
  port.postMessage(responses.some(isLarge) ? responses.map(withBuffer) : responses, buffers)
}

type Answered = Extract<PredictionResponse, { response: ResponseBody }>

const isLarge = (one: PredictionResponse): one is Answered =>
  'response' in one && one.response.body.length > LARGE

/** A large body as bytes, whose buffer is added to those to transfer. */
export function transferLarge(response: ResponseBody, buffers: ArrayBuffer[]): ResponseBody {
  if (response.body.length <= LARGE) return response
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body
  buffers.push(body.buffer as ArrayBuffer) // one of this size is in no pool
  return { ...response, body }
}
