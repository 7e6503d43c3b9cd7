import type { Worker } from 'node:worker_threads'
import { ApiError, type ErrorCode } from '../errors.js'
import { startThread } from './thread.js'

/** The response of a thread that rejected a request. */
export interface Rejection {
  readonly rejection: { readonly code: ErrorCode; readonly message: string }
}
/** The response of a thread whose work failed unexpectedly. */
interface Failure {
  readonly failed: unknown
}

interface Pending<Response> {
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

export interface RequestThreadOptions {
  /** The built path of a module, as for `startThread`, that answers requests in order after the message `ready`. */
  readonly module: URL
  /** Called with the error that ended the thread. The next request starts another thread. */
  readonly onFailure: (error: Error) => void
  /** The message of the error of requests that the thread did not answer. */
  readonly unanswered: string
  /** The number of requests that may wait at once. Further requests are rejected. */
  readonly maxPending?: number
}

/** A worker thread that answers one request after the other. It starts with the first one. */
export class RequestThread<Request, Response extends object> {
  readonly #options: RequestThreadOptions
  readonly #pending: Pending<Response>[] = []
  #thread: Worker | undefined
  #isReady = false

  constructor(options: RequestThreadOptions) {
    this.#options = options
  }

  /** Returns whether the thread is ready to answer. Starts it otherwise. */
  isReady(): boolean {
    this.#thread ??= this.#start()
    return this.#isReady
  }

  /**
   * Sends a request to the thread.
   *
   * @param transfer buffers of the request that are moved to the thread
   * @throws the rejection of the thread, TEMPORARILY_UNAVAILABLE
   */
  ask(request: Request, transfer: readonly ArrayBuffer[]): Promise<Response> {
    const { maxPending = Number.POSITIVE_INFINITY } = this.#options
    if (this.#pending.length >= maxPending) return Promise.reject(this.#unanswered())
    this.#thread ??= this.#start()
    const thread = this.#thread
    return new Promise((resolve, reject) => {
      thread.postMessage(request, [...transfer])
      this.#pending.push({ resolve, reject }) // after sending: if `postMessage` throws, no response comes
    })
  }

  async close(): Promise<void> {
    await this.#thread?.terminate()
  }

  #start(): Worker {
    const thread = startThread(this.#options.module)
    thread.unref()
    thread.on('message', (response: Response | Rejection | Failure | 'ready') => {
      if (response === 'ready') this.#isReady = true
      else this.#settle(response)
    })
    thread.on('error', this.#options.onFailure) // `exit` follows
    thread.on('exit', () => this.#end())
    return thread
  }

  /** Settles the first pending request, because responses arrive in the order of the requests. */
  #settle(response: Response | Rejection | Failure) {
    const { resolve, reject } = this.#pending.shift()!
    if ('rejection' in response) {
      const { code, message } = response.rejection
      reject(new ApiError(code, message))
    } else if ('failed' in response) reject(response.failed)
    else resolve(response)
  }

  #end() {
    this.#thread = undefined
    this.#isReady = false
    for (const { reject } of this.#pending.splice(0)) reject(this.#unanswered())
  }

  #unanswered() {
    return new ApiError('TEMPORARILY_UNAVAILABLE', this.#options.unanswered)
  }
}

/** Converts an error of a thread's work into a response. */
export const toRejection = (error: unknown): Rejection | Failure =>
  error instanceof ApiError ? { rejection: { code: error.code, message: error.message } } : { failed: error }
