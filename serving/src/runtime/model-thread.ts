import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { ApiError, messageOf } from '@cairn/platform/errors'
import { endThread, startThread } from '@cairn/platform/processes/thread'
import type { ModelQuery, PredictionRequest, PredictionResponse } from './messages.js'
import type { ModelHost } from './model-host.js'
import { packRequests } from './request-batch.js'
import { type Prediction, type QueryOptions, type QueueLimits, RequestQueue } from './request-queue.js'
import type { LoadedModel } from './responder.js'
import { unavailable } from './unavailable.js'

type StartMessage =
  | { readonly ready: true; readonly description: LoadedModel }
  | { readonly ready: false; readonly message: string }

const LOAD_TIMEOUT_MS = 120_000

/** A loaded model in its own worker thread, so that predictions do not block the server. `ModelLoader` starts it. */
export class ModelThread implements ModelHost {
  readonly description: LoadedModel
  readonly #worker: Worker
  readonly #queue: RequestQueue
  #failure: string | undefined

  private constructor(worker: Worker, description: LoadedModel, limits?: Partial<QueueLimits>) {
    this.description = description
    this.#worker = worker
    const send = (requests: readonly PredictionRequest[]) => {
      const batch = packRequests(requests)
      worker.postMessage(batch, [batch.bodies.buffer])
    }
    this.#queue = new RequestQueue(send, limits, () => this.#fail('it answers no request'))
    worker.on('message', (responses: readonly PredictionResponse[]) => this.#queue.receive(responses))
    worker.on('error', (error) => this.#fail(error.message))
    worker.on('exit', () => this.#fail('its thread has stopped'))
  }

  /** Loads the model of a folder and warms it up. @throws INVALID_PARAMETER_VALUE with the model's error */
  static async start(folder: string, limits?: Partial<QueueLimits>): Promise<ModelThread> {
    const worker = startThread(new URL('./model-thread.worker.js', import.meta.url), {
      workerData: { folder },
    })
    const [started] = (await once(worker, 'message', { signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) }).catch(
      async (cause) => {
        await endThread(worker)
        throw new ApiError('INVALID_PARAMETER_VALUE', `The model could not be loaded: ${messageOf(cause)}`, {
          cause,
        })
      },
    )) as [StartMessage]
    if (started.ready) return new ModelThread(worker, started.description, limits)
    await endThread(worker)
    throw new ApiError('INVALID_PARAMETER_VALUE', started.message)
  }

  get failure(): string | undefined {
    return this.#failure
  }

  isBusyFor(caller: string): boolean {
    return this.#queue.isBusyFor(caller)
  }

  predict(query: ModelQuery, options?: QueryOptions): Promise<Prediction> {
    return this.#failure === undefined
      ? this.#queue.add(query, options)
      : Promise.reject(unavailable(this.#failure))
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    this.#failure ??= 'it has been replaced or deleted'
    await endThread(this.#worker)
  }

  #fail(message: string) {
    this.#failure ??= message
    this.#queue.fail(unavailable(message))
  }
}
