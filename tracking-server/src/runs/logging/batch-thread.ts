import { RequestThread } from '@cairn/platform/processes/request-thread'
import type { PreparedBatch } from './prepared-batch.js'

export interface BatchRequest {
  readonly bytes: Uint8Array
  readonly query: object
}
export interface ParsedBatch {
  readonly run_id: string
  readonly batch: PreparedBatch
}

/**
 * Prepares large batches on a worker thread. Parsing, checking and packing a thousand metrics takes some milliseconds,
 * half of the server's work for them, during which the event loop would serve no other request. The thread starts with
 * the first large batch. Batches that arrive before it is ready are prepared on the main thread.
 */
export class BatchThread {
  readonly #thread: RequestThread<BatchRequest, ParsedBatch>

  /** @param onFailure called with the error that ended the thread. The next large batch starts another thread */
  constructor(onFailure: (error: Error) => void) {
    this.#thread = new RequestThread({
      module: new URL('./batch.worker.js', import.meta.url),
      onFailure,
      unanswered: 'The batch was not read: nothing was written. Try again.',
    })
  }

  isReady(): boolean {
    return this.#thread.isReady()
  }

  read(bytes: Buffer, query: object): Promise<ParsedBatch> {
    return this.#thread.ask({ bytes, query }, [bytes.buffer as ArrayBuffer])
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
