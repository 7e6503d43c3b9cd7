import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, type ErrorCode, invalid } from '@cairn/platform/errors'

/** A message to `model-thread.worker.ts`, which answers with a `PredictionResponse` of the same id. */
export interface PredictionRequest {
  readonly id: number
  /** Milliseconds since the epoch, after which the caller has given up. */
  readonly deadline: number
  readonly input: ScoringInput
}
export type PredictionResponse =
  | { readonly id: number; readonly predictions: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } }

/** The response of a model, with the times that the request waited in the queue and spent in the thread. */
export interface Prediction {
  readonly predictions: unknown
  readonly queueMs: number
  readonly modelMs: number
}

interface QueuedRequest {
  readonly message: PredictionRequest
  readonly addedAt: number
  sentAt: number
  readonly resolve: (prediction: Prediction) => void
  readonly reject: (error: ApiError) => void
  /** Removes the timer and the listener of the caller's signal. */
  readonly release: () => void
}

interface Limits {
  readonly deadlineMs: number
  readonly maxWaiting: number
  /** The number of requests that the thread has at a time: it alternates between them, so large ones do not delay small ones. */
  readonly maxInFlight: number
}

const LIMITS: Limits = { deadlineMs: 10_000, maxWaiting: 256, maxInFlight: 4 }
/** Weight of the latest response in the mean time between responses. */
const SMOOTHING = 0.1

/**
 * The requests to a model thread, in this process until the thread can take them: those that expire or whose callers
 * disconnect are never computed, so an overload ends with the load. Requests that would wait for longer than their
 * deadline are rejected at once.
 */
export class RequestQueue {
  readonly #send: (message: PredictionRequest) => void
  readonly #limits: Limits
  /** By id, oldest first. */
  readonly #waiting = new Map<number, QueuedRequest>()
  /** Requests in the thread; undefined when the caller has given up. */
  readonly #inFlight = new Map<number, QueuedRequest | undefined>()
  #nextId = 0
  #meanMs = 0
  #lastResponse = 0

  constructor(send: (message: PredictionRequest) => void, limits: Partial<Limits> = {}) {
    this.#send = send
    this.#limits = { ...LIMITS, ...limits }
  }

  /** The number of requests whose callers wait for a response. */
  get size(): number {
    return this.#waiting.size + [...this.#inFlight.values()].filter(Boolean).length
  }

  /**
   * @param signal aborts when the caller has gone
   * @throws TEMPORARILY_UNAVAILABLE when too many requests wait, DEADLINE_EXCEEDED, or the model's error
   */
  add(input: ScoringInput, signal?: AbortSignal): Promise<Prediction> {
    const { deadlineMs, maxWaiting } = this.#limits
    if (signal?.aborted) return Promise.reject(abandoned())
    if (this.#waiting.size >= maxWaiting || this.#waiting.size * this.#meanMs > deadlineMs)
      return Promise.reject(busy('The endpoint is busy.'))
    const id = this.#nextId++
    const message = { id, deadline: Date.now() + deadlineMs, input }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(id), deadlineMs)
      const abandon = () => this.#drop(id)?.reject(abandoned())
      signal?.addEventListener('abort', abandon, { once: true })
      const release = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abandon)
      }
      this.#waiting.set(id, { message, addedAt: performance.now(), sentAt: 0, resolve, reject, release })
      this.#sendNext()
    })
  }

  /** Passes on a response of the thread, and sends the next requests. */
  settle(response: PredictionResponse): void {
    this.#measure()
    const request = this.#inFlight.get(response.id)
    this.#inFlight.delete(response.id)
    request?.release()
    if ('error' in response) request?.reject(new ApiError(response.error.code, response.error.message))
    else request?.resolve(timed(response.predictions, request))
    this.#sendNext()
  }

  /** Rejects all requests. */
  fail(error: ApiError): void {
    for (const id of [...this.#waiting.keys(), ...this.#inFlight.keys()]) this.#drop(id)?.reject(error)
  }

  #sendNext() {
    for (const [id, request] of this.#waiting) {
      if (this.#inFlight.size >= this.#limits.maxInFlight) return
      if (this.#inFlight.size === 0) this.#lastResponse = performance.now()
      this.#waiting.delete(id)
      request.sentAt = performance.now()
      try {
        this.#send(request.message)
        this.#inFlight.set(id, request)
      } catch (cause) {
        request.release()
        request.reject(invalid('The input is nested too deeply.', { cause })) // it cannot be cloned for the thread
      }
    }
  }

  #expire(id: number) {
    const seconds = this.#limits.deadlineMs / 1000
    const error = this.#waiting.has(id)
      ? busy(`The endpoint is busy: the request waited for ${seconds} s.`)
      : new ApiError('DEADLINE_EXCEEDED', `The model did not respond within ${seconds} s.`)
    this.#drop(id)?.reject(error)
  }

  /** Removes a request whose caller no longer waits. The thread still computes one that it has. */
  #drop(id: number): QueuedRequest | undefined {
    const request = this.#waiting.get(id) ?? this.#inFlight.get(id)
    if (!this.#waiting.delete(id) && this.#inFlight.has(id)) this.#inFlight.set(id, undefined)
    request?.release()
    return request
  }

  /** Updates the mean time between the responses of a busy thread. */
  #measure() {
    const now = performance.now()
    this.#meanMs += SMOOTHING * (now - this.#lastResponse - this.#meanMs)
    this.#lastResponse = now
  }
}

const timed = (predictions: unknown, { addedAt, sentAt }: QueuedRequest): Prediction => ({
  predictions,
  queueMs: sentAt - addedAt,
  modelMs: performance.now() - sentAt,
})

const abandoned = () => new ApiError('CANCELLED', 'The client has disconnected.')

const busy = (reason: string) => new ApiError('TEMPORARILY_UNAVAILABLE', `${reason} Try again in a moment.`)
