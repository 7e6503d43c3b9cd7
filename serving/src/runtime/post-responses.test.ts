import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import type { PredictionResponse } from './messages.js'
import { postResponses } from './post-responses.js'

const LARGE = 256 * 1024
const answer = (id: number, body: string | Uint8Array): PredictionResponse => ({
  ...{ id, rows: 1, clientRequestId: `c${id}` },
  response: { contentType: 'application/octet-stream', body },
})

/** The responses as the other side of a port gets them. */
async function post(responses: readonly PredictionResponse[]) {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  postResponses(port1, responses)
  const [received] = (await once(port2, 'message')) as [readonly PredictionResponse[]]
  return received
}
const textsOf = (responses: readonly PredictionResponse[]) =>
  responses.map((one) =>
    'response' in one ? Buffer.from(one.response.body as string).toString() : one.error,
  )

test('large binary bodies are transferred, others are cloned', async () => {
  const [large, small] = [Buffer.alloc(LARGE + 1, 'x'), Buffer.from('small')]
  const received = await post([answer(1, large), answer(2, small), answer(3, 'text')])
  expect([large.byteLength, small.byteLength]).toEqual([0, 5])
  expect(textsOf(received)).toEqual(['x'.repeat(LARGE + 1), 'small', 'text'])
  expect(received).toMatchObject([1, 2, 3].map((id) => ({ id, clientRequestId: `c${id}` })))
})

test('large texts arrive as bytes, also beside errors', async () => {
  const text = '극한직업 '.repeat(LARGE / 4)
  const error = { code: 'INVALID_PARAMETER_VALUE', message: 'No.' } as const
  const received = await post([{ id: 1, error }, answer(2, text), answer(3, 'x'.repeat(LARGE))])
  expect(textsOf(received)).toEqual([error, text, 'x'.repeat(LARGE)])
  expect(received.map((one) => 'response' in one && typeof one.response.body)).toEqual([
    false,
    'object',
    'string',
  ])
})
