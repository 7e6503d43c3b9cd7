import type { Worker } from 'node:worker_threads'
import type { ApiError } from '@cairn/platform/errors'
import { endThread, startThread } from '@cairn/platform/processes/thread'
import { EndpointBusyError } from '../endpoint-busy-error.js'
import type { ModelDescription, RequestBody, ResponseBody } from '../protocols/protocol.js'
import { type PredictionError, toApiError } from '../runtime/prediction-error.js'
import { copyBody, transferable } from '../runtime/request-batch.js'
import type { Prediction } from '../runtime/request-queue.js'
import { unavailable } from '../runtime/unavailable.js'

const MAX_PENDING = 64

/** A message to the thread: a request to read, or the predictions to write for it; absent when there are none. */
export type TranslatorRequest =
  | { readonly id: number; readonly body: RequestBody; readonly model: ModelDescription }
  | { readonly id: number; readonly predictions: ResponseBody | undefined }

export interface Translation {
  readonly id: number
  /** The request for `serve.py`. */
  readonly body?: RequestBody
  readonly answer?: {
    readonly response: ResponseBody
    readonly rows: number
    readonly clientRequestId: string | undefined
  }
  readonly error?: PredictionError
}

interface Waiting {
  readonly resolve: (translation: Translation) => void
  readonly reject: (error: ApiError) => void
}

/**
 * Translates the Open Inference Protocol to arrays for a model in Python. Requests are parsed and responses formatted in a
 * thread, so that large ones do not block the server.
 */
export class OipTranslator {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #failure: string | undefined
  #pending = 0
  #nextId = 0

  constructor() {
    this.#worker = startThread(new URL('./oip-translator.worker.js', import.meta.url))
    this.#worker.on('message', (translation: Translation) => this.#receive(translation))
    this.#worker.on('error', (error) => this.#fail(error.message))
    this.#worker.on('exit', () => this.#fail('its translator has stopped'))
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * @param predict answers a request of arrays
   * @throws INVALID_PARAMETER_VALUE naming the input, TEMPORARILY_UNAVAILABLE when too many requests wait, or what `predict` throws
   */
  async translate(
    body: RequestBody,
    model: ModelDescription,
    predict: (body: RequestBody) => Promise<Prediction>,
  ): Promise<Prediction> {
    if (this.#pending >= MAX_PENDING) throw new EndpointBusyError()
    this.#pending++
    try {
      const id = this.#nextId++
      const { contentType, contentEncoding, jsonLength } = body
      const copy = { bytes: copyBody(body), contentType, contentEncoding, jsonLength }
      const translated = await this.#send({ id, body: copy, model }, copy.bytes)
      const prediction = await predict(translated.body!).catch(async (error) => {
        await this.#send({ id, predictions: undefined })
        throw error
      })
      const { response } = prediction
      const { answer } = await this.#send({ id, predictions: response }, response.body)
      return { ...prediction, ...answer! }
    } finally {
      this.#pending--
    }
  }

  async close(): Promise<void> {
    await endThread(this.#worker)
  }

  /** @param content is transferred, unless it is text: cloning it would block the event loop */
  #send(request: TranslatorRequest, content?: string | Uint8Array): Promise<Translation> {
    if (this.#failure !== undefined) return Promise.reject(unavailable(this.#failure))
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject })
      this.#worker.postMessage(request, transferable(content))
    })
  }

  #receive(translation: Translation) {
    const { id, error } = translation
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(toApiError(error))
    else waiting?.resolve(translation)
  }

  #fail(message: string) {
    this.#failure ??= message
    for (const { reject } of this.#waiting.values()) reject(unavailable(message))
    this.#waiting.clear()
  }
}
