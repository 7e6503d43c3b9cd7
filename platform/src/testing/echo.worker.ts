import { parentPort, workerData } from 'node:worker_threads'
import { invalid } from '@cairn/platform/errors'

// Type syntax and a cross-package import work only if the loader is registered in this thread.
const received: { arguments: string[]; data: unknown; code: string } = {
  arguments: process.argv.slice(2),
  data: workerData,
  code: invalid('from a thread').code,
}
parentPort!.postMessage(received)
