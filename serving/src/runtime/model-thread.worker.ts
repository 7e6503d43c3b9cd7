import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel, type ServableModel } from '@cairn/flavors/load'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, messageOf } from '@cairn/platform/errors'
import type { PredictionRequest, PredictionResponse } from './request-queue.js'

// Runs in the thread that `ModelThread.start` creates: loads the model of a folder, then answers prediction requests.
const port = parentPort!
const { folder } = workerData as { folder: string }

try {
  const model = await loadModel(folder)
  await warmUp(model)
  port.on('message', async (request: PredictionRequest) => port.postMessage(await respond(model, request)))
  port.postMessage({ ready: true, flavor: model.flavor })
} catch (error) {
  port.postMessage({ ready: false, message: messageOf(error) })
}

async function respond(model: ServableModel, request: PredictionRequest): Promise<PredictionResponse> {
  const { id, input, deadline } = request
  try {
    const [predictions] = await Promise.all(model.predict([{ input, deadline }]))
    return { id, predictions }
  } catch (error) {
    if (error instanceof ApiError) return { id, error: { code: error.code, message: error.message } }
    return {
      id,
      error: { code: 'INTERNAL_ERROR', message: messageOf(error) },
    }
  }
}

/** Predicts for the model's input example, so that the first request is not slow and a broken model is never deployed. */
async function warmUp(model: ServableModel) {
  const example = await readFile(join(folder, 'serving_input_example.json'), 'utf8').catch(() => undefined)
  if (example) await Promise.all(model.predict([{ input: JSON.parse(example) as ScoringInput }]))
}
