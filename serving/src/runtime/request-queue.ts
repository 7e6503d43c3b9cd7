import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import type { RequestBody, ResponseBody } from '../protocols/protocol.js'
import type { ModelQuery, PredictionError, PredictionRequest, PredictionResponse } from './messages.js'

/** The response of a model, with the times that the request waited in the queue and spent in the model. */
export interface Prediction {
  readonly response: ResponseBody
  readonly rows: number
  readonly clientRequestId?: string | undefined
  readonly queueMs: number
  readonly modelMs: number
}

/** Requests that were sent together. */
interface Batch {
  readonly sentAt: number
  /** The number of requests without a response. */
  open: number
}

interface QueuedRequest {
  readonly message: PredictionRequest
  readonly addedAt: number
  readonly resolve: (prediction: Prediction) => void
  readonly reject: (error: ApiError) => void
}

interface SentRequest {
  /** Undefined when the caller has given up. */
  request: QueuedRequest | undefined
  readonly batch: Batch
}

export interface QueueLimits {
  readonly deadlineMs: number
  readonly maxWaiting: number
  /** Of the bodies of all waiting requests. */
  readonly maxWaitingBytes: number
  readonly maxInFlight: number
  /** The model has as many requests at a time as it answers in this time. */
  readonly aheadMs: number
}

/** While the model computes one batch, the next is on its way. */
const MAX_BATCHES = 2

const LIMITS: QueueLimits = {
  deadlineMs: 10_000,
  maxWaiting: 1_024,
  maxWaitingBytes: 64 * 1024 ** 2,
  maxInFlight: 64,
  aheadMs: 20,
}
const MIN_IN_FLIGHT = 2
const STALLED_DEADLINES = 3
const DRAIN_MS = 30_000
/** Weight of the latest response in the mean time between responses. */
const SMOOTHING = 0.1
const INITIAL_MEAN_MS = 5
/** A burst is accepted until requests have waited for this share of the deadline, since the mean may be that of a cold model. */
const BUSY_SHARE = 0.1

/**
 * The requests to a model, in this process until the model can take them: those that expire or whose callers disconnect are
 * never computed, so an overload ends with the load. Requests that would wait for longer than their deadline are rejected at
 * once. Those that wait together are sent together, so that the model can answer them in one batch.
 */
export class RequestQueue {
  readonly #send: (messages: readonly PredictionRequest[]) => void
  readonly #limits: QueueLimits
  readonly #onStalled: () => void
  /** By id, oldest first. */
  readonly #waiting = new Map<number, QueuedRequest>()
  /** Requests in the model. */
  readonly #inFlight = new Map<number, SentRequest>()
  /** Batches with open requests, oldest first. */
  readonly #batches = new Set<Batch>()
  #waitingBytes = 0
  #abandoned = 0
  #nextId = 0
  #meanMs = INITIAL_MEAN_MS
  #lastResponse = 0
  #isSending = false
  #resume: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined

  /** @param onStalled is called when the model has answered nothing for three deadlines, although it has requests */
  constructor(
    send: (messages: readonly PredictionRequest[]) => void,
    limits: Partial<QueueLimits> = {},
    onStalled: () => void = () => undefined,
  ) {
    this.#send = send
    this.#onStalled = onStalled
    this.#limits = { ...LIMITS, ...limits }
  }

  /** The number of requests whose callers wait for a response. */
  get size(): number {
    return this.#waiting.size + this.#inFlight.size - this.#abandoned
  }

  /** Waits until no caller waits for a response, at most half a minute. */
  async drain(): Promise<void> {
    for (const deadline = Date.now() + DRAIN_MS; this.size > 0 && Date.now() < deadline; ) await sleep(10)
  }

  /**
   * @param onDisconnect is called with a function for when the caller has gone
   * @throws TEMPORARILY_UNAVAILABLE when too many requests wait, DEADLINE_EXCEEDED, or the model's error
   */
  add(query: ModelQuery, onDisconnect?: (abandon: () => void) => void): Promise<Prediction> {
    const { body } = query
    if (this.#isFull(body)) return Promise.reject(busy('The endpoint is busy.'))
    const id = this.#nextId++
    const message = { ...query, id, deadline: Date.now() + this.#limits.deadlineMs }
    return new Promise((resolve, reject) => {
      onDisconnect?.(() => this.#drop(id)?.reject(disconnected()))
      this.#waiting.set(id, { message, addedAt: performance.now(), resolve, reject })
      this.#waitingBytes += body.bytes.byteLength
      this.#expireLater()
      this.#sendSoon()
    })
  }

  /** Passes on responses of the model, and sends the next requests. */
  settle(responses: readonly PredictionResponse[]): void {
    this.#measure(responses.length)
    for (const response of responses) {
      const sent = this.#inFlight.get(response.id)
      if (!sent) continue
      this.#inFlight.delete(response.id)
      if (--sent.batch.open === 0) this.#batches.delete(sent.batch)
      if (!sent.request) this.#abandoned--
      else if ('error' in response) sent.request.reject(toApiError(response.error))
      else sent.request.resolve(timed(response, sent.request, sent.batch))
    }
    this.#sendNext()
  }

  /** Rejects all requests. */
  fail(error: ApiError): void {
    for (const id of [...this.#waiting.keys(), ...this.#inFlight.keys()]) this.#drop(id)?.reject(error)
    clearTimeout(this.#expiry)
    clearTimeout(this.#resume)
  }

  /** Whether a request would be refused, whatever its size. */
  get isBusy(): boolean {
    const { deadlineMs, maxWaiting } = this.#limits
    const ahead = this.#waiting.size
    return (
      ahead >= maxWaiting ||
      (ahead * this.#meanMs > deadlineMs && this.#oldestWaitMs() > deadlineMs * BUSY_SHARE)
    )
  }

  #isFull({ bytes }: RequestBody): boolean {
    const isTooLarge =
      this.#waiting.size > 0 && this.#waitingBytes + bytes.byteLength > this.#limits.maxWaitingBytes
    return isTooLarge || this.isBusy
  }

  #oldestWaitMs(): number {
    for (const { addedAt } of this.#waiting.values()) return performance.now() - addedAt
    return 0
  }

  /** Requests that arrive in the same turn of the event loop are sent together. */
  #sendSoon() {
    if (this.#isSending) return
    this.#isSending = true
    setImmediate(() => {
      this.#isSending = false
      this.#sendNext()
    })
  }

  #sendNext() {
    const { maxInFlight, aheadMs } = this.#limits
    const limit = Math.min(maxInFlight, Math.max(MIN_IN_FLIGHT, Math.ceil(aheadMs / this.#meanMs)))
    if (this.#waiting.size === 0 || this.#inFlight.size >= limit) return
    const now = performance.now()
    if (this.#batches.size >= MAX_BATCHES && !this.#isStalled(now)) return this.#resumeLater()
    if (this.#inFlight.size === 0) this.#lastResponse = now
    const batch: Batch = { sentAt: now, open: 0 }
    const messages: PredictionRequest[] = []
    for (const [id, request] of this.#waiting) {
      if (this.#inFlight.size >= limit) break
      this.#takeFromWaiting(id, request)
      this.#inFlight.set(id, { request, batch })
      messages.push(request.message)
    }
    batch.open = messages.length
    this.#batches.add(batch)
    this.#send(messages)
  }

  /** A large request must not keep small ones from being sent, since the model alternates between requests. */
  #isStalled(now: number): boolean {
    const [oldest] = this.#batches
    return oldest !== undefined && now - oldest.sentAt >= this.#limits.aheadMs
  }

  #resumeLater() {
    this.#resume ??= setTimeout(() => {
      this.#resume = undefined
      this.#sendNext()
    }, this.#limits.aheadMs)
  }

  #takeFromWaiting(id: number, { message }: QueuedRequest) {
    this.#waiting.delete(id)
    this.#waitingBytes -= message.body.bytes.byteLength
  }

  /** One timer for all requests, as their deadlines are in the order of their ids. */
  #expireLater() {
    this.#expiry ??= setTimeout(() => {
      this.#expiry = undefined
      this.#expire(Date.now())
      if (this.size > 0) this.#expireLater()
    }, this.#limits.deadlineMs / EXPIRY_STEPS)
  }

  #expire(now: number) {
    const seconds = this.#limits.deadlineMs / 1000
    for (const [id, { message }] of this.#waiting) {
      if (message.deadline > now) break
      this.#drop(id)?.reject(busy(`The endpoint is busy: the request waited for ${seconds} s.`))
    }
    for (const [id, { request }] of this.#inFlight)
      if (request && request.message.deadline <= now)
        this.#drop(id)?.reject(
          new ApiError('DEADLINE_EXCEEDED', `The model did not respond within ${seconds} s.`),
        )
    const silentMs = performance.now() - this.#lastResponse
    if (this.#inFlight.size > 0 && silentMs > STALLED_DEADLINES * this.#limits.deadlineMs) this.#onStalled()
  }

  /** Removes a request whose caller no longer waits. The model still computes one that it has. */
  #drop(id: number): QueuedRequest | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting) {
      this.#takeFromWaiting(id, waiting)
      return waiting
    }
    const sent = this.#inFlight.get(id)
    const request = sent?.request
    if (!sent || !request) return undefined
    sent.request = undefined
    this.#abandoned++
    return request
  }

  /** Updates the mean time between the responses of a busy model. */
  #measure(responses: number) {
    const now = performance.now()
    const each = (now - this.#lastResponse) / responses
    const weight = 1 - (1 - SMOOTHING) ** responses
    this.#meanMs += weight * (each - this.#meanMs)
    this.#lastResponse = now
  }
}

/** Requests expire up to a hundredth of their deadline late. */
const EXPIRY_STEPS = 100

const timed = (
  { response, rows, clientRequestId }: Extract<PredictionResponse, { response: ResponseBody }>,
  { addedAt }: QueuedRequest,
  { sentAt }: Batch,
): Prediction => ({
  response,
  rows,
  clientRequestId,
  queueMs: sentAt - addedAt,
  modelMs: performance.now() - sentAt,
})

const toApiError = ({ code, message, cause }: PredictionError) => new ApiError(code, message, { cause })

const disconnected = () => new ApiError('CANCELLED', 'The client has disconnected.')

const busy = (reason: string) => new ApiError('TEMPORARILY_UNAVAILABLE', `${reason} Try again in a moment.`)
