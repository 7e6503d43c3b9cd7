import { serialize } from 'node:v8'
import { parentPort, type TransferListItem } from 'node:worker_threads'
import { toRejection } from '@cairn/platform/processes/request-thread'
import { type OtlpRequest, readRequest } from './read-request.js'

function answer(request: OtlpRequest): [response: object, transfer: TransferListItem[]] {
  try {
    const read = readRequest(request)
    if ('refusal' in read) return [read, []]
    const slices = read.slices.map((slice) => Uint8Array.from(serialize(slice)))
    return [{ slices, rejected: read.rejected }, slices.map(({ buffer }) => buffer)]
  } catch (error) {
    return [toRejection(error), []]
  }
}

parentPort!.on('message', (request: OtlpRequest) => parentPort!.postMessage(...answer(request)))
parentPort!.postMessage('ready')
