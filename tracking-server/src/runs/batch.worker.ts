import { parentPort } from 'node:worker_threads'
import { ApiError } from '@cairn/platform/errors'
import { jsonReader } from '@cairn/platform/http/read-json'
import type { Input } from '@cairn/platform/protocol/operation'
import { LogBatch } from '@cairn/platform/protocol/runs'
import { readyBatch } from './batch.js'
import type { Asked, Told } from './batch-thread.js'

const read = jsonReader<Input<typeof LogBatch>>(LogBatch.input)

function answer({ bytes, query }: Asked): Told {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    const { run_id, ...batch } = read(text, query)
    return { run_id, batch: readyBatch(batch) }
  } catch (error) {
    return error instanceof ApiError
      ? { refused: { code: error.code, message: error.message } }
      : { failed: error }
  }
}

parentPort!.on('message', (asked: Asked) => parentPort!.postMessage(answer(asked)))
parentPort!.postMessage('ready')
