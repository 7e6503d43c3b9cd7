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
