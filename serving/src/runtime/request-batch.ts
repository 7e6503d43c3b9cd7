import type { RequestBody } from '../protocols/protocol.js'
import type { ModelQuery, PredictionRequest } from './messages.js'

/** The fields that requests to an endpoint usually share. */
type Context = Omit<ModelQuery, 'body'> & { readonly body: Omit<RequestBody, 'bytes'> }

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
  const length = requests.reduce((sum, { body }) => sum + body.bytes.byteLength, 0)
  const bodies = Buffer.allocUnsafeSlow(length)
  const contexts: Context[] = []
  const numbers: number[] = []
  let end = 0
  for (const request of requests) {
    bodies.set(request.body.bytes, end)
    end += request.body.bytes.byteLength
    numbers.push(request.id, request.deadline, contextOf(request, contexts), end)
  }
  return { bodies, contexts, numbers }
}

export function unpackRequests({ bodies, contexts, numbers }: RequestBatch): PredictionRequest[] {
  return Array.from({ length: numbers.length / NUMBERS }, (_, at) => {
    const [id, deadline, context, end] = numbers.slice(NUMBERS * at) as [number, number, number, number]
    const bytes = bodies.subarray(at === 0 ? 0 : numbers[NUMBERS * at - 1], end)
    const { body, ...query } = contexts[context]!
    return { ...query, id, deadline, body: { ...body, bytes } }
  })
}

function contextOf({ id: _, deadline: _deadline, body, ...query }: PredictionRequest, contexts: Context[]) {
  const index = contexts.findIndex((one) => isSame(one, query, body))
  if (index >= 0) return index
  const { bytes: _bytes, ...fields } = body
  return contexts.push({ ...query, body: fields }) - 1
}

const isSame = (one: Context, query: Omit<ModelQuery, 'body'>, body: RequestBody) =>
  one.protocol === query.protocol &&
  one.name === query.name &&
  one.version === query.version &&
  one.body.contentType === body.contentType &&
  one.body.contentEncoding === body.contentEncoding &&
  one.body.jsonLength === body.jsonLength
