import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { invalid } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'

/** Beyond eight threads the passes are limited by memory bandwidth. */
export const defaultThreads = () => Math.min(availableParallelism(), 8)

export function threadCount(threads = defaultThreads()): number {
  if (Number.isInteger(threads) && threads >= 1) return threads
  throw invalid(`'threads' must be a positive integer, not ${threads}`)
}

/**
 * Threads that all run the same task and divide its rows among themselves (`claimRows`).
 * A worker module responds to each message with one message when its share is done.
 */
export class WorkerPool<Task, Result = unknown> {
  readonly #workers: Worker[]

  /** Each worker receives `data` and its `thread` number, from 0, as `workerData`. */
  constructor(module: URL, threads: number, data: object) {
    this.#workers = Array.from({ length: threads }, (_, thread) =>
      startThread(module, { workerData: { ...data, thread } }),
    )
  }

  /**
   * Resolves with each thread's result when all have finished; an abort stops the threads at once and rejects with its
   * reason.
   */
  async run(task: Task, signal?: AbortSignal): Promise<Result[]> {
    signal?.throwIfAborted()
    const stop = () => void this.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.all(this.#workers.map((worker) => postAndReceive<Result>(worker, task)))
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}

/** Posts `task` and resolves with the thread's next message. */
export function postAndReceive<Result>(worker: Worker, task: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off('message', done).off('error', failed).off('exit', exited)
      then()
    }
    const done = (message: Result) => settle(() => resolve(message))
    const failed = (error: unknown) => settle(() => reject(error))
    const exited = (code: number) => settle(() => reject(new Error(`worker thread exited with code ${code}`)))
    worker.on('message', done).on('error', failed).on('exit', exited)
    worker.postMessage(task)
  })
}

/** Claims ranges of `size` rows until none are left. All threads share `counter`; `counter[0]` starts at 0. */
export function* claimRows(counter: Int32Array, rows: number, size: number): Generator<[number, number]> {
  for (;;) {
    const from = Atomics.add(counter, 0, size)
    if (from >= rows) return
    yield [from, Math.min(from + size, rows)]
  }
}
