import type { RequestBody } from '../protocols/protocol.js'
import type { ModelQuery, PredictionRequest } from './messages.js'

/** The fields that requests to an endpoint usually share. */
type Context = Omit<ModelQuery, 'body'> & Omit<RequestBody, 'bytes'>

/**
 * Requests in one message to a thread. Their bodies share one buffer and their contexts are not repeated, because cloning
 * buffers and objects costs more than a small model.
 */
export interface RequestBatch {
  readonly bodies: Uint8Array<ArrayBuffer>
  readonly contexts: readonly Context[]
  /** For each request: id, deadline, index of its context, end of its body. */
  readonly numbers: readonly number[]
}

const NUMBERS = 4

export function packRequests(requests: readonly PredictionRequest[]): RequestBatch {
  const length = requests.reduce((sum, { body }) => sum + bodySize(body), 0)
  const bodies = Buffer.allocUnsafeSlow(length)
  const contexts: Context[] = []
  const numbers: number[] = []
  let end = 0
  for (const request of requests) {
    end = copyChunks(request.body, bodies, end)
    numbers.push(request.id, request.deadline, contextOf(request, contexts), end)
  }
  return { bodies, contexts, numbers }
}

export function unpackRequests({ bodies, contexts, numbers }: RequestBatch): PredictionRequest[] {
  const requests: PredictionRequest[] = []
  for (let at = 0, start = 0; at < numbers.length; at += NUMBERS) {
    const end = numbers[at + 3]!
    const { protocol, name, version, contentType, contentEncoding, jsonLength } = contexts[numbers[at + 2]!]!
    const body = { bytes: bodies.subarray(start, end), contentType, contentEncoding, jsonLength }
    requests.push({ id: numbers[at]!, deadline: numbers[at + 1]!, protocol, body, name, version })
    start = end
  }
  return requests
}

const chunksOf = (body: RequestBody) => body.chunks ?? [body.bytes]

/** A copy that can be transferred to a thread. */
export function copyBody(body: RequestBody): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bodySize(body))
  copyChunks(body, copy, 0)
  return copy
}

/** @returns the end of the body in the target */
function copyChunks(body: RequestBody, target: Uint8Array, start: number): number {
  let end = start
  for (const chunk of chunksOf(body)) {
    target.set(chunk, end)
    end += chunk.byteLength
  }
  return end
}

export const transferable = (content: string | Uint8Array | undefined) =>
  content instanceof Uint8Array ? [content.buffer as ArrayBuffer] : []

export const bodySize = (body: RequestBody): number =>
  chunksOf(body).reduce((sum, { byteLength }) => sum + byteLength, 0)

function contextOf(request: PredictionRequest, contexts: Context[]) {
  const index = contexts.findIndex((one) => isSame(one, request))
  if (index >= 0) return index
  const { protocol, name, version } = request
  const { contentType, contentEncoding, jsonLength } = request.body
  return contexts.push({ protocol, name, version, contentType, contentEncoding, jsonLength }) - 1
}

const isSame = (one: Context, { protocol, name, version, body }: PredictionRequest) =>
  one.protocol === protocol &&
  one.name === name &&
  one.version === version &&
  one.contentType === body.contentType &&
  one.contentEncoding === body.contentEncoding &&
  one.jsonLength === body.jsonLength
