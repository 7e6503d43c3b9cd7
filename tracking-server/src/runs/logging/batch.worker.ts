import { parentPort } from 'node:worker_threads'
import { ApiError } from '@cairn/platform/errors'
import { jsonReader } from '@cairn/platform/http/body/read-json'
import type { Input } from '@cairn/platform/protocol/operation'
import { LogBatch } from '@cairn/platform/protocol/runs'
import type { BatchRequest, BatchResponse } from './batch-thread.js'
import { prepareBatch } from './prepared-batch.js'

const read = jsonReader<Input<typeof LogBatch>>(LogBatch.input)

function prepare({ bytes, query }: BatchRequest): BatchResponse {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    const { run_id, ...batch } = read(text, query)
    return { run_id, batch: prepareBatch(batch) }
  } catch (error) {
    return error instanceof ApiError
      ? { rejection: { code: error.code, message: error.message } }
      : { failed: error }
  }
}

parentPort!.on('message', (requested: BatchRequest) => parentPort!.postMessage(prepare(requested)))
parentPort!.postMessage('ready')
