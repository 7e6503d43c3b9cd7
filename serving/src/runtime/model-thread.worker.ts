import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel, type ServableModel } from '@cairn/flavors/load'
import type { RecommendResponse } from '@cairn/flavors/recommender/recommendation'
import { parseRows, type ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import type { PredictionRequest, PredictionResponse } from './request-queue.js'

// Runs in the thread that `ModelThread.start` creates: loads the model of a folder, then answers prediction requests.
const port = parentPort!
const { folder } = workerData as { folder: string }

/** A request yields after this time, so that a large one does not delay small ones. */
const SLICE_MS = 10
const MAX_ITEMS = 100_000

try {
  const model = await loadModel(folder)
  await warmUp(model)
  port.on('message', async (request: PredictionRequest) => port.postMessage(await respond(model, request)))
  port.postMessage({ ready: true, flavor: model.flavor })
} catch (error) {
  port.postMessage({ ready: false, message: messageOf(error) })
}

async function respond(model: ServableModel, request: PredictionRequest): Promise<PredictionResponse> {
  const { id } = request
  try {
    return { id, predictions: await predict(model, request) }
  } catch (error) {
    if (error instanceof ApiError) return { id, error: { code: error.code, message: error.message } }
    return {
      id,
      error: { code: 'INTERNAL_ERROR', message: messageOf(error) },
    }
  }
}

/** @throws DEADLINE_EXCEEDED, INVALID_PARAMETER_VALUE for more recommendations than a response may have */
async function predict(model: ServableModel, { input, deadline }: PredictionRequest): Promise<unknown> {
  checkDeadline(deadline)
  if (model.invoke) return model.invoke(input)
  const predictions: unknown[] = []
  let items = 0
  let sliceEnd = Date.now() + SLICE_MS
  for (const row of parseRows(input)) {
    const [prediction] = await model.predict([row])
    predictions.push(prediction)
    items += (prediction as Partial<RecommendResponse> | undefined)?.recommendations?.length ?? 1
    if (items > MAX_ITEMS)
      throw invalid(
        `The rows request more than ${MAX_ITEMS} recommendations: split them into several requests.`,
      )
    if (Date.now() < sliceEnd) continue
    await nextTurn()
    checkDeadline(deadline)
    sliceEnd = Date.now() + SLICE_MS
  }
  return predictions
}

function checkDeadline(deadline: number) {
  if (Date.now() > deadline)
    throw new ApiError('DEADLINE_EXCEEDED', 'The deadline of the request has passed.')
}

/** Predicts for the model's input example, so that the first request is not slow and a broken model is never deployed. */
async function warmUp(model: ServableModel) {
  const example = await readFile(join(folder, 'serving_input_example.json'), 'utf8').catch(() => undefined)
  if (!example) return
  const input = JSON.parse(example) as ScoringInput
  await (model.invoke ? model.invoke(input) : model.predict(parseRows(input)))
}
