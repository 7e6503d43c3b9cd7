import type { ServableModel } from '@cairn/flavors/load'
import { invalid } from '@cairn/platform/errors'
import { expect, test } from 'vitest'
import type { PredictionRequest, PredictionResponse } from './messages.js'
import { Responder } from './responder.js'

type Predict = ServableModel['predict']

/** A model that returns its inputs, and the batches that it got. */
function aModel(change: Partial<ServableModel> = {}) {
  const batches: unknown[][] = []
  const predict: Predict = (requests) => {
    batches.push(requests.map(({ input }) => input.inputs))
    return requests.map(async ({ input }) => {
      if (input.inputs === 'bad') throw invalid('Bad input.')
      return input.inputs
    })
  }
  return { model: { predict, ...change } as ServableModel, batches }
}

/** Answers requests, each list in a separate turn of the event loop, and returns the responses as they are sent. */
async function respond(model: ServableModel, ...turns: readonly PredictionRequest[][]) {
  const sent: (readonly PredictionResponse[])[] = []
  const responder = new Responder(model, { flavor: 'test' }, (responses) => sent.push(responses))
  const count = turns.flat().length
  for (const requests of turns) responder.add(requests)
  await expect.poll(() => sent.flat().length).toBe(count)
  return sent
}

const DAY = 86_400_000
const request = (id: number, text: string, deadline = Date.now() + DAY): PredictionRequest => ({
  id,
  deadline,
  protocol: 'mlflow',
  body: { bytes: Buffer.from(text), contentType: 'application/json' },
  name: 'entity',
  version: '1',
})
const outcomes = (sent: readonly (readonly PredictionResponse[])[]) =>
  Object.fromEntries(
    sent
      .flat()
      .map((one) => [
        one.id,
        'error' in one ? one.error.code : JSON.parse(String(one.response.body)).predictions,
      ]),
  )

test('passes requests that came together to the model as one batch, and sends their responses together', async () => {
  const { model, batches } = aModel()
  const sent = await respond(
    model,
    [request(1, '{"inputs": 1}'), request(2, '{"inputs": 2}')],
    [request(3, '{"inputs": 3}')],
  )
  expect(batches).toEqual([[1, 2, 3]])
  expect(sent).toHaveLength(1)
  expect(outcomes(sent)).toEqual({ 1: 1, 2: 2, 3: 3 })
})

test('a request that cannot be read or predicted does not affect its neighbours', async () => {
  const { model } = aModel()
  const sent = await respond(model, [
    request(1, '{"inputs": 1}'),
    request(2, '{'),
    request(3, '{"inputs": "bad"}'),
    request(4, '{"inputs": 4}'),
  ])
  expect(outcomes(sent)).toEqual({ 1: 1, 2: 'INVALID_PARAMETER_VALUE', 3: 'INVALID_PARAMETER_VALUE', 4: 4 })
})

test('a request after its deadline is neither read nor predicted', async () => {
  const { model, batches } = aModel()
  const sent = await respond(model, [request(1, '{', Date.now() - 1), request(2, '{"inputs": 2}')])
  expect(outcomes(sent)).toEqual({ 1: 'DEADLINE_EXCEEDED', 2: 2 })
  expect(batches).toEqual([[2]])
})

test('a late request gets the fallback of a model that has one', async () => {
  const { model, batches } = aModel({ fallback: () => 'popular' })
  const soon = Date.now() + 500
  const sent = await respond(model, [request(1, '{"inputs": 1}', soon), request(2, '{"inputs": 2}')])
  expect(outcomes(sent)).toEqual({ 1: 'popular', 2: 2 })
  expect(batches).toEqual([[2]])
})

test('an error of the model itself is an internal error', async () => {
  const { model } = aModel({
    predict: (requests) => requests.map(() => Promise.reject(new TypeError('bug'))),
  })
  const sent = await respond(model, [request(1, '{"inputs": 1}')])
  expect(sent.flat()).toEqual([
    { id: 1, error: { code: 'INTERNAL_ERROR', message: 'The model failed on this request.', cause: 'bug' } },
  ])
})
