import type { Worker } from 'node:worker_threads'
import { ApiError, type ErrorCode } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'
import type { ReadyBatch } from './batch.js'

export interface Asked {
  readonly bytes: Uint8Array
  readonly query: object
}
interface Read {
  readonly run_id: string
  readonly batch: ReadyBatch
}
interface Refused {
  readonly refused: { readonly code: ErrorCode; readonly message: string }
}
export type Told = Read | Refused | { readonly failed: unknown }

interface Waiting {
  readonly resolve: (read: Read) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes batches ready on a thread. A thousand metrics take some milliseconds to read, check and pack, half of what a
 * server does for them, and all other requests would wait meanwhile. It starts with the first batch that is large, and
 * what comes until it has started is read where it came in.
 */
export class BatchThread {
  readonly #failed: (error: Error) => void
  readonly #waiting: Waiting[] = []
  #thread: Worker | undefined
  #isReady = false

  /** @param failed is told why a thread has ended; the next large batch starts another */
  constructor(failed: (error: Error) => void) {
    this.#failed = failed
  }

  isReady(): boolean {
    this.#thread ??= this.#start()
    return this.#isReady
  }

  read(bytes: Buffer, query: object): Promise<Read> {
    const thread = this.#thread
    if (!thread) return Promise.reject(unread())
    return new Promise((resolve, reject) => {
      const asked: Asked = { bytes, query }
      thread.postMessage(asked, [bytes.buffer as ArrayBuffer])
      this.#waiting.push({ resolve, reject }) // not before: what cannot be sent is not answered either
    })
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = startThread(new URL('./batch.worker.js', import.meta.url))
    thread.unref()
    thread.on('message', (told: Told | 'ready') => {
      if (told === 'ready') this.#isReady = true
      else this.#tell(told)
    })
    thread.on('error', this.#failed) // `exit` follows
    thread.on('exit', () => this.#end())
    return thread
  }

  /** In the order in which they were asked. */
  #tell(told: Told) {
    const { resolve, reject } = this.#waiting.shift()!
    if ('batch' in told) resolve(told)
    else reject('refused' in told ? new ApiError(told.refused.code, told.refused.message) : told.failed)
  }

  #end() {
    this.#thread = undefined
    this.#isReady = false
    for (const { reject } of this.#waiting.splice(0)) reject(unread())
  }
}

const unread = () =>
  new ApiError('TEMPORARILY_UNAVAILABLE', 'The batch was not read: nothing was written. Try again.')
