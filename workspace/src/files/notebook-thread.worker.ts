import { parentPort } from 'node:worker_threads'
import { toRejection } from '@cairn/platform/processes/request-thread'
import { convert, type NotebookRequest } from './notebook-conversion.js'

function answer(request: NotebookRequest) {
  try {
    return convert(request)
  } catch (error) {
    return toRejection(error)
  }
}

parentPort!.on('message', (request: NotebookRequest) => parentPort!.postMessage(answer(request)))
parentPort!.postMessage('ready')
