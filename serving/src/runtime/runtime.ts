import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, type ErrorCode, messageOf } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'

export interface Question {
  readonly id: number
  /** Milliseconds since the epoch: nobody waits for the answer any longer. */
  readonly deadline: number
  readonly input: ScoringInput
}
export type Answer =
  | { readonly id: number; readonly predictions: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } }
type Started =
  | { readonly ready: true; readonly flavor: string }
  | { readonly ready: false; readonly message: string }

interface Waiting {
  readonly resolve: (predictions: unknown) => void
  readonly reject: (error: ApiError) => void
  readonly timer: NodeJS.Timeout
}

const MOST_WAITING = 256
const DEADLINE_MS = 10_000
const LOAD_TIMEOUT_MS = 120_000
const DRAIN_MS = 30_000

/** One loaded model in a thread of its own: the event loop only sends questions and receives answers. */
export class Runtime {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #failure: string | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: Answer) => this.#settle(answer))
    worker.on('error', (error) => this.#fail(error.message))
    worker.on('exit', () => this.#fail('the runtime has stopped'))
  }

  /** Loads the model of a folder and warms it up. @throws INVALID_PARAMETER_VALUE with the model's own complaint */
  static async start(folder: string): Promise<Runtime> {
    const worker = startThread(new URL('./runtime.worker.js', import.meta.url), { workerData: { folder } })
    const [started] = (await once(worker, 'message', { signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) }).catch(
      async (cause) => {
        await worker.terminate()
        throw new ApiError('INVALID_PARAMETER_VALUE', `The model could not be loaded: ${messageOf(cause)}`, {
          cause,
        })
      },
    )) as [Started]
    if (started.ready) return new Runtime(worker)
    await worker.terminate()
    throw new ApiError('INVALID_PARAMETER_VALUE', started.message)
  }

  get failure(): string | undefined {
    return this.#failure
  }

  /** @throws TEMPORARILY_UNAVAILABLE when too many wait, DEADLINE_EXCEEDED after 10 s, or the model's complaint about the input */
  predict(input: ScoringInput): Promise<unknown> {
    if (this.#failure !== undefined)
      return Promise.reject(
        new ApiError('TEMPORARILY_UNAVAILABLE', `The model does not answer: ${this.#failure}.`),
      )
    if (this.#waiting.size >= MOST_WAITING)
      return Promise.reject(
        new ApiError('TEMPORARILY_UNAVAILABLE', 'The endpoint is busy: try again in a moment.'),
      )
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(id), DEADLINE_MS)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#worker.postMessage({ id, deadline: Date.now() + DEADLINE_MS, input } satisfies Question)
    })
  }

  /** Finishes what was asked, then ends the thread. */
  async close(): Promise<void> {
    for (const deadline = Date.now() + DRAIN_MS; this.#waiting.size > 0 && Date.now() < deadline; )
      await sleep(10)
    this.#failure ??= 'it has been retired'
    await this.#worker.terminate()
  }

  #settle(answer: Answer) {
    const waiting = this.#take(answer.id)
    if (!waiting) return
    if ('error' in answer) waiting.reject(new ApiError(answer.error.code, answer.error.message))
    else waiting.resolve(answer.predictions)
  }

  #expire(id: number) {
    this.#take(id)?.reject(
      new ApiError('DEADLINE_EXCEEDED', `The model did not answer within ${DEADLINE_MS / 1000} s.`),
    )
  }

  #fail(message: string) {
    this.#failure ??= message
    for (const id of [...this.#waiting.keys()])
      this.#take(id)?.reject(
        new ApiError('TEMPORARILY_UNAVAILABLE', `The model does not answer: ${message}.`),
      )
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting) clearTimeout(waiting.timer)
    this.#waiting.delete(id)
    return waiting
  }
}
