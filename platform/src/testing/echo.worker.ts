import { parentPort, workerData } from 'node:worker_threads'
import { invalid } from '@cairn/platform/errors'

// As TypeScript, type syntax and a cross-package import work only if the loader is registered in this thread.
const received: { file: string; arguments: string[]; data: unknown; code: string } = {
  file: import.meta.url,
  arguments: process.argv.slice(2),
  data: workerData,
  code: invalid('from a thread').code,
}
parentPort!.postMessage(received)
