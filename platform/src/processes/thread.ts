import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a worker thread from a module beside the caller: `startThread(new URL('./solve.worker.js', import.meta.url))`.
 * In a source tree that file is TypeScript, so the thread first registers a loader for it.
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  const built = fileURLToPath(module)
  const source = built.replace(/\.js$/, '.ts')
  if (existsSync(built) || !existsSync(source)) return new Worker(module, options)
  const argv = [pathToFileURL(source).href, ...(options.argv ?? [])]
  return new Worker(new URL('../../source/thread.mjs', import.meta.url), { ...options, argv })
}
