import type { Worker } from 'node:worker_threads'
import { ApiError, type ErrorCode } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'
import type { PreparedBatch } from './prepared-batch.js'

export interface BatchRequest {
  readonly bytes: Uint8Array
  readonly query: object
}
interface ParsedBatch {
  readonly run_id: string
  readonly batch: PreparedBatch
}
interface RejectedBatch {
  readonly rejection: { readonly code: ErrorCode; readonly message: string }
}
export type BatchResponse = ParsedBatch | RejectedBatch | { readonly failed: unknown }

interface PendingRequest {
  readonly resolve: (read: ParsedBatch) => void
  readonly reject: (error: unknown) => void
}

/**
 * Prepares large batches on a worker thread. Parsing, checking and packing a thousand metrics takes some milliseconds,
 * half of the server's work for them, during which the event loop would serve no other request. The thread starts with
 * the first large batch; batches that arrive before it is ready are prepared on the main thread.
 */
export class BatchThread {
  readonly #onFailure: (error: Error) => void
  readonly #pending: PendingRequest[] = []
  #thread: Worker | undefined
  #isReady = false

  /** @param onFailure receives the error that ended the thread; the next large batch starts another */
  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure
  }

  isReady(): boolean {
    this.#thread ??= this.#start()
    return this.#isReady
  }

  read(bytes: Buffer, query: object): Promise<ParsedBatch> {
    const thread = this.#thread
    if (!thread) return Promise.reject(notParsed())
    return new Promise((resolve, reject) => {
      const request: BatchRequest = { bytes, query }
      thread.postMessage(request, [bytes.buffer as ArrayBuffer])
      this.#pending.push({ resolve, reject }) // after sending: if `postMessage` throws, no response comes
    })
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = startThread(new URL('./batch.worker.js', import.meta.url))
    thread.unref()
    thread.on('message', (response: BatchResponse | 'ready') => {
      if (response === 'ready') this.#isReady = true
      else this.#settle(response)
    })
    thread.on('error', this.#onFailure) // `exit` follows
    thread.on('exit', () => this.#end())
    return thread
  }

  /** Responses arrive in the order of the requests. */
  #settle(response: BatchResponse) {
    const { resolve, reject } = this.#pending.shift()!
    if ('batch' in response) resolve(response)
    else
      reject(
        'rejection' in response
          ? new ApiError(response.rejection.code, response.rejection.message)
          : response.failed,
      )
  }

  #end() {
    this.#thread = undefined
    this.#isReady = false
    for (const { reject } of this.#pending.splice(0)) reject(notParsed())
  }
}

const notParsed = () =>
  new ApiError('TEMPORARILY_UNAVAILABLE', 'The batch was not read: nothing was written. Try again.')
