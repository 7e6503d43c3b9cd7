import type { Worker } from 'node:worker_threads'
import { startThread } from '@cairn/platform/processes/thread'
import { answer } from '../../numeric/worker-pool.js'
import type { TrainingMessage, TrainingRound, TrainingTask } from './training-task.js'

/** A counter of claimed rows beyond all rows, with room to count on. */
const NOTHING_LEFT = 2 ** 30

/**
 * The threads of a training, which do rounds together. They are left with nothing to do and asked to end, but never
 * terminated: a thread that is terminated amid a run of onnxruntime takes the process along.
 */
export class TrainingThreads {
  readonly #workers: Set<Worker>
  readonly #counters: Int32Array

  constructor(threads: number, task: TrainingTask) {
    const module = new URL('./train.worker.js', import.meta.url)
    this.#workers = new Set(Array.from({ length: threads }, () => startThread(module, { workerData: task })))
    this.#counters = task.shared.counters
    for (const worker of this.#workers)
      worker.on('exit', () => this.#workers.delete(worker)).on('error', () => undefined) // rounds tell of it
  }

  /** Resolves when all threads have done their share; an abort cuts it short and rejects with the signal's reason. */
  async run(round: TrainingRound, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#counters[0] = 0
    const stop = () => void Atomics.store(this.#counters, 0, NOTHING_LEFT)
    signal?.addEventListener('abort', stop, { once: true })
    const answers = await Promise.allSettled([...this.#workers].map((worker) => answer(worker, round)))
    signal?.removeEventListener('abort', stop)
    signal?.throwIfAborted()
    for (const one of answers) if (one.status === 'rejected') throw one.reason
  }

  async close(): Promise<void> {
    const left = [...this.#workers]
    const exits = left.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const worker of left) worker.postMessage({ phase: 'close' } satisfies TrainingMessage)
    await Promise.all(exits)
  }
}
