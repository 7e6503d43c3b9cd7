import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import { EndpointBusyError } from '../endpoint-busy-error.js'
import type { ResponseBody } from '../protocols/protocol.js'
import { FairQueue, type QueueItem } from './fair-queue.js'
import type { ModelQuery, PredictionRequest, PredictionResponse } from './messages.js'
import { toApiError } from './prediction-error.js'
import { bodySize } from './request-batch.js'

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

interface QueuedRequest extends QueueItem {
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

export interface QueryOptions {
  /** Id of the principal; callers share the model fairly. */
  readonly caller?: string
  /** Called with a function for when the caller has gone. */
  readonly onDisconnect?: (abandon: () => void) => void
}

export interface QueueLimits {
  readonly deadlineMs: number
  readonly maxWaiting: number
  /** The sum over the bodies of all waiting requests. */
  readonly maxWaitingBytes: number
  readonly maxInFlight: number
  /** The model has as many requests at a time as it answers in this time. */
  readonly aheadMs: number
  /** A model with requests that answers nothing for this time is stalled. */
  readonly stalledMs: number
}

/** The next batch is sent while the model computes one. */
const MAX_BATCHES = 2

const LIMITS: QueueLimits = {
  deadlineMs: 10_000,
  maxWaiting: 1_024,
  maxWaitingBytes: 64 * 1024 ** 2,
  maxInFlight: 64,
  aheadMs: 20,
  stalledMs: 30_000,
}
const MIN_IN_FLIGHT = 2
/** The cost of a request besides the bytes of its body. */
const REQUEST_COST = 1024
const DRAIN_MS = 30_000
/** Weight of the latest response in the mean time between responses. */
const SMOOTHING = 0.1
const INITIAL_MEAN_MS = 5
/** A burst is accepted until requests have waited for this share of the deadline, since the mean may be that of a cold model. */
const BUSY_SHARE = 0.1

/**
 * Queues the requests to a model with back-pressure. Requests that expire or whose callers disconnect are never computed, so an
 * overload ends with the load; those that would wait beyond their deadline are rejected at once. Waiting requests are sent as one
 * batch. Callers are served fairly: in a full queue, a request displaces the newest one of a caller with more of it.
 */
export class RequestQueue {
  readonly #send: (messages: readonly PredictionRequest[]) => void
  readonly #limits: QueueLimits
  readonly #onStalled: () => void
  readonly #waiting = new FairQueue<QueuedRequest>()
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

  /** @param onStalled is called when the model is stalled */
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

  /** @throws TEMPORARILY_UNAVAILABLE when too many requests wait, DEADLINE_EXCEEDED, or the model's error */
  add(query: ModelQuery, { caller = '', onDisconnect }: QueryOptions = {}): Promise<Prediction> {
    const { protocol, body, name, version } = query // copying with a spread would cost microseconds
    const bytes = bodySize(body)
    if (!this.#makeRoom(caller, bytes)) return Promise.reject(new EndpointBusyError())
    const id = this.#nextId++
    const deadline = Date.now() + this.#limits.deadlineMs
    const message = { id, deadline, protocol, body, name, version }
    return new Promise((resolve, reject) => {
      const addedAt = performance.now()
      const request = { id, caller, cost: REQUEST_COST + bytes, message, addedAt, resolve, reject }
      onDisconnect?.(() => this.#reject(request, disconnected()))
      this.#waiting.add(request)
      this.#waitingBytes += bytes
      this.#expireLater()
      this.#sendSoon()
    })
  }

  /** Passes on responses of the model, and sends the next requests. */
  receive(responses: readonly PredictionResponse[]): void {
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
    const inFlight = [...this.#inFlight.values()].flatMap(({ request }) => request ?? [])
    for (const request of [...this.#waiting, ...inFlight]) this.#reject(request, error)
    this.#inFlight.clear()
    this.#batches.clear()
    this.#abandoned = 0
    clearTimeout(this.#expiry)
    clearTimeout(this.#resume)
  }

  /** Returns whether even a request without a body would be refused. */
  isBusyFor(caller: string): boolean {
    const { deadlineMs, maxWaiting } = this.#limits
    if (this.#waiting.size >= maxWaiting && !this.#waiting.displacedBy(caller, REQUEST_COST)) return true
    const expectedMs = this.#waiting.aheadOf(caller) * this.#meanMs
    return expectedMs > deadlineMs && this.#oldestWaitMs() > deadlineMs * BUSY_SHARE
  }

  /** Refuses waiting requests of callers who have more of the queue. @returns whether a request of this size may wait */
  #makeRoom(caller: string, bytes: number): boolean {
    if (this.isBusyFor(caller)) return false
    while (this.#isFull(bytes)) {
      const displaced = this.#waiting.displacedBy(caller, REQUEST_COST + bytes)
      if (!displaced) return false
      this.#reject(displaced, new EndpointBusyError())
    }
    return true
  }

  #isFull(bytes: number): boolean {
    const { maxWaiting, maxWaitingBytes } = this.#limits
    const { size } = this.#waiting
    return size >= maxWaiting || (size > 0 && this.#waitingBytes + bytes > maxWaitingBytes)
  }

  #oldestWaitMs(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const { addedAt } of this.#waiting.oldest()) oldest = Math.min(oldest, addedAt)
    return performance.now() - oldest
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
    while (this.#inFlight.size < limit) {
      const request = this.#waiting.take()
      if (!request) break
      this.#waitingBytes -= request.cost - REQUEST_COST
      if (this.#isTooLate(request)) {
        request.reject(new EndpointBusyError(this.#noAnswerInTime))
        continue
      }
      this.#inFlight.set(request.id, { request, batch })
      messages.push(request.message)
    }
    if (messages.length === 0) return
    batch.open = messages.length
    this.#batches.add(batch)
    this.#send(messages)
  }

  /**
   * Returns whether a request that has waited for half of its deadline would miss it. Computing it would delay the others, and the head of
   * a full queue has many such requests.
   */
  #isTooLate({ message }: QueuedRequest): boolean {
    const { deadlineMs } = this.#limits
    const leftMs = message.deadline - Date.now()
    return leftMs < deadlineMs / 2 && leftMs < (this.#inFlight.size + 1) * this.#meanMs
  }

  get #noAnswerInTime(): string {
    return `The endpoint is busy: no answer was ready within ${this.#limits.deadlineMs / 1000} s.`
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

  /** One timer for all requests. It also detects a stalled model without callers. */
  #expireLater() {
    this.#expiry ??= setTimeout(() => {
      this.#expiry = undefined
      this.#expire(Date.now())
      if (this.size > 0 || this.#inFlight.size > 0) this.#expireLater()
    }, this.#limits.deadlineMs / EXPIRY_STEPS)
  }

  #expire(now: number) {
    const seconds = this.#limits.deadlineMs / 1000
    for (const request of this.#waiting)
      if (request.message.deadline <= now) this.#reject(request, new EndpointBusyError(this.#noAnswerInTime))
    for (const { request } of this.#inFlight.values())
      if (request && request.message.deadline <= now)
        this.#reject(
          request,
          new ApiError('DEADLINE_EXCEEDED', `The model did not respond within ${seconds} s.`),
        )
    const silentMs = performance.now() - this.#lastResponse
    if (this.#inFlight.size > 0 && silentMs > this.#limits.stalledMs) this.#onStalled()
  }

  /** Removes a request whose caller no longer waits. The model still computes one that it has. */
  #reject(request: QueuedRequest, error: ApiError) {
    if (this.#waiting.remove(request)) this.#waitingBytes -= request.cost - REQUEST_COST
    else {
      const sent = this.#inFlight.get(request.id)
      if (!sent?.request) return
      sent.request = undefined
      this.#abandoned++
    }
    request.reject(error)
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

const disconnected = () => new ApiError('CANCELLED', 'The client has disconnected.')
