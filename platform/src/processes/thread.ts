import { setTimeout as sleep } from 'node:timers/promises'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { moduleFile } from './module-file.js'

/** Starts a worker thread from a module beside the caller: `startThread(new URL('./solve.worker.js', import.meta.url))`. */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  const { path, argv, execArgv } = moduleFile(module)
  return new Worker(path, {
    ...options,
    ...(execArgv && { execArgv }),
    argv: [...argv, ...(options.argv ?? [])],
  })
}

const END_TIMEOUT_MS = 5_000
let stuck = 0

/** Ends a thread. A thread in native code cannot be ended, so it runs until the process ends. */
export async function endThread(worker: Worker): Promise<void> {
  stuck++
  const ended = worker.terminate().then(() => {
    stuck--
  })
  await Promise.race([ended, sleep(END_TIMEOUT_MS, undefined, { ref: false })])
}

/** Returns whether a thread could not be ended. Node waits for it at the end of the process. */
export const hasStuckThreads = () => stuck > 0
