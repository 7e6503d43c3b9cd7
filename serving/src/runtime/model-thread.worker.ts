import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel } from '@cairn/flavors/load'
import type { ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { messageOf } from '@cairn/platform/errors'
import { yieldToServer } from '@cairn/platform/processes/niceness'
import { postResponses } from './post-responses.js'
import { type RequestBatch, unpackRequests } from './request-batch.js'
import { type LoadedModel, Responder } from './responder.js'

// Runs in the thread that `ModelThread.start` creates: loads the model of a folder, then answers prediction requests.
const port = parentPort!
if (process.platform === 'linux') yieldToServer()
const { folder } = workerData as { folder: string }

try {
  const model = await loadModel(folder)
  const inputExample = await readExample()
  if (inputExample) await model.predict([{ input: inputExample }])[0] // a broken model is never deployed
  const { flavor, signature } = model
  const description: LoadedModel = {
    flavor,
    ...(signature && { signature }),
    ...(inputExample && { inputExample }),
  }
  const responder = new Responder(model, description, (responses) => postResponses(port, responses))
  port.on('message', (batch: RequestBatch) => responder.add(unpackRequests(batch)))
  port.postMessage({ ready: true, description })
} catch (error) {
  port.postMessage({ ready: false, message: messageOf(error) })
}

/** The request body that the model was logged with. */
async function readExample(): Promise<ScoringInput | undefined> {
  const example = await readFile(join(folder, 'serving_input_example.json'), 'utf8').catch(() => undefined)
  return example === undefined ? undefined : (JSON.parse(example) as ScoringInput)
}
