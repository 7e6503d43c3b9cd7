import { parentPort } from 'node:worker_threads'
import { readTensors, type TensorRequest } from '../protocols/oip/oip.js'
import type { ModelDescription } from '../protocols/protocol.js'
import { transferLarge } from '../runtime/post-responses.js'
import { toPredictionError } from '../runtime/prediction-error.js'
import { transferable } from '../runtime/request-batch.js'
import type { Translation, TranslatorRequest } from './oip-translator.js'
import { readPredictions, writeTensors } from './tensor-messages.js'

// Runs in the thread that `OipTranslator` starts: parses requests to arrays, and formats the arrays of predictions.
const port = parentPort!
const requests = new Map<number, TensorRequest & Pick<ModelDescription, 'signature'>>()

port.on('message', (request: TranslatorRequest) => {
  try {
    const buffers: ArrayBuffer[] = []
    port.postMessage(translate(request, buffers), buffers)
  } catch (error) {
    requests.delete(request.id)
    port.postMessage({ id: request.id, error: toPredictionError(error) } satisfies Translation)
  }
})

/** @param buffers gets those of the translation that are transferred */
function translate(message: TranslatorRequest, buffers: ArrayBuffer[]): Translation {
  const { id } = message
  if ('body' in message) {
    const request = readTensors(message.body, message.model)
    const { signature } = message.model
    requests.set(id, { ...request, ...(signature && { signature }) })
    const body = writeTensors(request.inputs, request.params)
    buffers.push(...transferable(body.bytes))
    return { id, body }
  }
  const { rows, clientRequestId, write, signature } = requests.get(id)!
  requests.delete(id)
  if (message.predictions === undefined) return { id }
  const response = transferLarge(write(readPredictions(message.predictions, signature)), buffers)
  return { id, answer: { response, rows, clientRequestId } }
}
