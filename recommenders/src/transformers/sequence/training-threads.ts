import type { Worker } from 'node:worker_threads'
import { urlInThread } from '@cairn/platform/processes/module-file'
import { startThread } from '@cairn/platform/processes/thread'
import { postAndReceive } from '../../numeric/worker-pool.js'
import type { TrainingMessage, TrainingRound, TrainingTask } from './training-task.js'

/** A counter value beyond all rows, with room for further increments. */
const EXHAUSTED = 2 ** 30

/**
 * The threads of a training. They are never terminated, because terminating a thread during a run of onnxruntime crashes the
 * process. To stop them, the counter is set beyond all rows and the threads close themselves.
 */
export class TrainingThreads {
  readonly #workers: Set<Worker>
  readonly #counters: Int32Array

  constructor(threads: number, task: TrainingTask) {
    const module = new URL('./train.worker.js', import.meta.url)
    const workerData = { ...task, kind: { ...task.kind, module: urlInThread(task.kind.module) } }
    this.#workers = new Set(Array.from({ length: threads }, () => startThread(module, { workerData })))
    this.#counters = task.shared.counters
    for (const worker of this.#workers)
      worker.on('exit', () => this.#workers.delete(worker)).on('error', () => undefined) // run() reports the error
  }

  /** Resolves when all threads are done; an abort ends the round early and rejects with the signal's reason. */
  async run(round: TrainingRound, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#counters[0] = 0
    const stop = () => void Atomics.store(this.#counters, 0, EXHAUSTED)
    signal?.addEventListener('abort', stop, { once: true })
    const results = await Promise.allSettled(
      [...this.#workers].map((worker) => postAndReceive(worker, round)),
    )
    signal?.removeEventListener('abort', stop)
    signal?.throwIfAborted()
    for (const one of results) if (one.status === 'rejected') throw one.reason
  }

  async close(): Promise<void> {
    const left = [...this.#workers]
    const exits = left.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of left) worker.postMessage({ phase: 'close' } satisfies TrainingMessage)
    await Promise.all(exits)
  }
}
