import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, type ErrorCode, messageOf } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'

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
type StartMessage =
  | { readonly ready: true; readonly flavor: string }
  | { readonly ready: false; readonly message: string }

interface PendingRequest {
  readonly resolve: (predictions: unknown) => void
  readonly reject: (error: ApiError) => void
  readonly timer: NodeJS.Timeout
}

const MAX_PENDING = 256
const DEADLINE_MS = 10_000
const LOAD_TIMEOUT_MS = 120_000
const DRAIN_MS = 30_000

/** A loaded model in its own worker thread, so that predictions do not block the server. `ModelLoader` starts it. */
export class ModelThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, PendingRequest>()
  #next = 0
  #failure: string | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (response: PredictionResponse) => this.#settle(response))
    worker.on('error', (error) => this.#fail(error.message))
    worker.on('exit', () => this.#fail('its thread has stopped'))
  }

  /** Loads the model of a folder and warms it up. @throws INVALID_PARAMETER_VALUE with the model's error */
  static async start(folder: string): Promise<ModelThread> {
    const worker = startThread(new URL('./model-thread.worker.js', import.meta.url), {
      workerData: { folder },
    })
    const [started] = (await once(worker, 'message', { signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) }).catch(
      async (cause) => {
        await worker.terminate()
        throw new ApiError('INVALID_PARAMETER_VALUE', `The model could not be loaded: ${messageOf(cause)}`, {
          cause,
        })
      },
    )) as [StartMessage]
    if (started.ready) return new ModelThread(worker)
    await worker.terminate()
    throw new ApiError('INVALID_PARAMETER_VALUE', started.message)
  }

  get failure(): string | undefined {
    return this.#failure
  }

  /** @throws TEMPORARILY_UNAVAILABLE when too many requests are pending, DEADLINE_EXCEEDED after 10 s, or the model's error */
  predict(input: ScoringInput): Promise<unknown> {
    if (this.#failure !== undefined)
      return Promise.reject(
        new ApiError('TEMPORARILY_UNAVAILABLE', `The model is unavailable: ${this.#failure}.`),
      )
    if (this.#pending.size >= MAX_PENDING)
      return Promise.reject(
        new ApiError('TEMPORARILY_UNAVAILABLE', 'The endpoint is busy: try again in a moment.'),
      )
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(id), DEADLINE_MS)
      this.#pending.set(id, { resolve, reject, timer })
      this.#worker.postMessage({ id, deadline: Date.now() + DEADLINE_MS, input } satisfies PredictionRequest)
    })
  }

  /** Waits for pending requests, then ends the thread. */
  async close(): Promise<void> {
    for (const deadline = Date.now() + DRAIN_MS; this.#pending.size > 0 && Date.now() < deadline; )
      await sleep(10)
    this.#failure ??= 'it has been replaced or deleted'
    await this.#worker.terminate()
  }

  #settle(response: PredictionResponse) {
    const pending = this.#take(response.id)
    if (!pending) return
    if ('error' in response) pending.reject(new ApiError(response.error.code, response.error.message))
    else pending.resolve(response.predictions)
  }

  #expire(id: number) {
    this.#take(id)?.reject(
      new ApiError('DEADLINE_EXCEEDED', `The model did not respond within ${DEADLINE_MS / 1000} s.`),
    )
  }

  #fail(message: string) {
    this.#failure ??= message
    for (const id of [...this.#pending.keys()])
      this.#take(id)?.reject(new ApiError('TEMPORARILY_UNAVAILABLE', `The model is unavailable: ${message}.`))
  }

  #take(id: number): PendingRequest | undefined {
    const pending = this.#pending.get(id)
    if (pending) clearTimeout(pending.timer)
    this.#pending.delete(id)
    return pending
  }
}
