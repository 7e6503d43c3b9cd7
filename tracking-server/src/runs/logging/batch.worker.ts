import { parentPort } from 'node:worker_threads'
import { jsonReader } from '@cairn/platform/http/body/read-json'
import { toRejection } from '@cairn/platform/processes/request-thread'
import { LogBatch } from '@cairn/platform/protocol/mlflow/runs'
import type { Input } from '@cairn/platform/protocol/operation'
import type { BatchRequest, ParsedBatch } from './batch-thread.js'
import { prepareBatch } from './prepared-batch.js'

const read = jsonReader<Input<typeof LogBatch>>(LogBatch.input)

function prepare({ bytes, query }: BatchRequest): ParsedBatch | ReturnType<typeof toRejection> {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    const { run_id, ...batch } = read(text, query)
    return { run_id, batch: prepareBatch(batch) }
  } catch (error) {
    return toRejection(error)
  }
}

parentPort!.on('message', (requested: BatchRequest) => parentPort!.postMessage(prepare(requested)))
parentPort!.postMessage('ready')
