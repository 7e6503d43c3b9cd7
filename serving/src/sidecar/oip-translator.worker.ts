import { parentPort } from 'node:worker_threads'
import { ApiError, messageOf } from '@cairn/platform/errors'
import { parseJson } from '../protocols/json-text.js'
import { openInference } from '../protocols/oip/oip.js'
import type { ProtocolRequest } from '../protocols/protocol.js'
import type { PredictionError } from '../runtime/messages.js'
import type { Translation, TranslatorRequest } from './oip-translator.js'

// Runs in the thread that `OipTranslator` starts: parses tensors to MLflow's JSON, and its predictions to tensors.
const port = parentPort!
const requests = new Map<number, ProtocolRequest>()

port.on('message', (request: TranslatorRequest) => {
  try {
    port.postMessage(translate(request))
  } catch (error) {
    requests.delete(request.id)
    port.postMessage({ id: request.id, error: describe(error) } satisfies Translation)
  }
})

function translate(message: TranslatorRequest): Translation {
  const { id } = message
  if ('body' in message) {
    const request = openInference.read(message.body, message.model)
    requests.set(id, request)
    const { input, params } = request
    return { id, json: JSON.stringify({ ...input, ...(params && { params }) }) }
  }
  const { rows, clientRequestId, write } = requests.get(id)!
  requests.delete(id)
  if (message.predictions === undefined) return { id }
  const { predictions } = parseJson(message.predictions) as { predictions: unknown }
  return { id, answer: { response: write(predictions), rows, clientRequestId } }
}

const describe = (error: unknown): PredictionError =>
  error instanceof ApiError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_ERROR', message: 'The model failed on this request.', cause: messageOf(error) }
