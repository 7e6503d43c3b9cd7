import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { loadModel, type ServableModel } from '@cairn/flavors/load'
import type { RecommendResponse } from '@cairn/flavors/recommender/recommendation'
import { parseRows, type ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import type { Answer, Question } from './runtime.js'

const port = parentPort!
const { folder } = workerData as { folder: string }

/** Questions take turns of so long: a large one does not keep the small ones waiting. */
const TURN_MS = 10
const MOST_ITEMS = 100_000

try {
  const model = await loadModel(folder)
  await warmUp(model)
  port.on('message', async (question: Question) => port.postMessage(await answer(model, question)))
  port.postMessage({ ready: true, flavor: model.flavor })
} catch (error) {
  port.postMessage({ ready: false, message: messageOf(error) })
}

async function answer(model: ServableModel, question: Question): Promise<Answer> {
  const { id } = question
  try {
    return { id, predictions: await predict(model, question) }
  } catch (error) {
    if (error instanceof ApiError) return { id, error: { code: error.code, message: error.message } }
    return {
      id,
      error: { code: 'INTERNAL_ERROR', message: messageOf(error) },
    }
  }
}

/** @throws DEADLINE_EXCEEDED, INVALID_PARAMETER_VALUE for more recommendations than one answer should hold */
async function predict(model: ServableModel, { input, deadline }: Question): Promise<unknown> {
  if (model.invoke) return model.invoke(input)
  const predictions: unknown[] = []
  let items = 0
  let turnEnd = Date.now() + TURN_MS
  for (const row of parseRows(input)) {
    const [prediction] = await model.predict([row])
    predictions.push(prediction)
    items += (prediction as Partial<RecommendResponse> | undefined)?.recommendations?.length ?? 1
    if (items > MOST_ITEMS)
      throw invalid(`The rows ask for more than ${MOST_ITEMS} recommendations: send them in parts.`)
    if (Date.now() < turnEnd) continue
    await nextTurn()
    if (Date.now() > deadline) throw new ApiError('DEADLINE_EXCEEDED', 'Nobody waits any longer.')
    turnEnd = Date.now() + TURN_MS
  }
  return predictions
}

/** The model's own input example is the first request, so that nobody else's is slow, and a broken model never serves. */
async function warmUp(model: ServableModel) {
  const example = await readFile(join(folder, 'serving_input_example.json'), 'utf8').catch(() => undefined)
  if (!example) return
  const input = JSON.parse(example) as ScoringInput
  await (model.invoke ? model.invoke(input) : model.predict(parseRows(input)))
}
