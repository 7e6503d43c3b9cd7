import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { invalid } from '@cairn/platform/errors'
import { startThread } from '@cairn/platform/processes/thread'

/** Beyond eight threads the passes are bound by memory, not by arithmetic. */
export const defaultThreads = () => Math.min(availableParallelism(), 8)

export function threadCount(threads = defaultThreads()): number {
  if (Number.isInteger(threads) && threads >= 1) return threads
  throw invalid(`'threads' must be a positive integer, not ${threads}`)
}

/**
 * Threads that all run the same task and share its rows among themselves (`claimRows`).
 * A worker module answers each message with one message when its share is done.
 */
export class WorkerPool<Task, Answer = unknown> {
  readonly #workers: Worker[]

  /** Each worker's `workerData` is `data` plus its `thread` number from 0. */
  constructor(module: URL, threads: number, data: object) {
    this.#workers = Array.from({ length: threads }, (_, thread) =>
      startThread(module, { workerData: { ...data, thread } }),
    )
  }

  /** Resolves when every thread has finished; an abort stops the threads at once and rejects with its reason. */
  async run(task: Task, signal?: AbortSignal): Promise<void> {
    await this.ask(task, signal)
  }

  /** The same, with what each thread answers. */
  async ask(task: Task, signal?: AbortSignal): Promise<Answer[]> {
    signal?.throwIfAborted()
    const stop = () => void this.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.all(this.#workers.map((worker) => answer<Answer>(worker, task)))
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

/** What a thread says next, once it has been told `task`. */
export function answer<Answer>(worker: Worker, task: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off('message', done).off('error', failed).off('exit', exited)
      then()
    }
    const done = (message: Answer) => settle(() => resolve(message))
    const failed = (error: unknown) => settle(() => reject(error))
    const exited = (code: number) => settle(() => reject(new Error(`worker thread exited with code ${code}`)))
    worker.on('message', done).on('error', failed).on('exit', exited)
    worker.postMessage(task)
  })
}

/** Hands out row ranges to whichever thread asks next; `counter[0]` is shared and starts at 0. */
export function* claimRows(counter: Int32Array, rows: number, size: number): Generator<[number, number]> {
  for (;;) {
    const from = Atomics.add(counter, 0, size)
    if (from >= rows) return
    yield [from, Math.min(from + size, rows)]
  }
}
