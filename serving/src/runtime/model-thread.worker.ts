import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel, type ServableModel } from '@cairn/flavors/load'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { messageOf } from '@cairn/platform/errors'
import type { PredictionRequest } from './messages.js'
import { type LoadedModel, Responder } from './responder.js'

// Runs in the thread that `ModelThread.start` creates: loads the model of a folder, then answers prediction requests.
const port = parentPort!
const { folder } = workerData as { folder: string }

try {
  const model = await loadModel(folder)
  await warmUp(model)
  const { flavor, signature } = model
  const description: LoadedModel = { flavor, ...(signature && { signature }) }
  const responder = new Responder(model, description, (responses) => port.postMessage(responses))
  port.on('message', (requests: readonly PredictionRequest[]) => responder.add(requests))
  port.postMessage({ ready: true, description })
} catch (error) {
  port.postMessage({ ready: false, message: messageOf(error) })
}

/** Predicts for the model's input example, so that the first request is not slow and a broken model is never deployed. */
async function warmUp(model: ServableModel) {
  const example = await readFile(join(folder, 'serving_input_example.json'), 'utf8').catch(() => undefined)
  if (example) await model.predict([{ input: JSON.parse(example) as ScoringInput }])[0]
}
