import { expect, test } from 'vitest'
import type { ModelRequest, Predictor } from './flavor.js'
import { predictorModel } from './predictor-model.js'

const requestOf = (inputs: unknown): ModelRequest => ({ input: { inputs } })

const echo: Predictor = {
  invoke({ input }) {
    if (input.inputs === 'bad') throw new Error('bad')
    return input.inputs
  },
}

test('answers each request in order, and rejects an invalid one only', async () => {
  const model = predictorModel(echo)
  const outcomes = await Promise.allSettled(model.predict(['one', 'bad', 'two'].map(requestOf)))
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: 'one' },
    { status: 'rejected', reason: new Error('bad') },
    { status: 'fulfilled', value: 'two' },
  ])
})

test('does not compute a request whose deadline has passed', async () => {
  const computed: unknown[] = []
  const model = predictorModel({ invoke: ({ input }) => computed.push(input.inputs) })
  const late = { ...requestOf('late'), deadline: Date.now() - 1 }
  const [expired, other] = await Promise.allSettled(model.predict([late, requestOf('other')]))
  expect(expired).toMatchObject({ reason: { code: 'DEADLINE_EXCEEDED' } })
  expect([other!.status, computed]).toEqual(['fulfilled', ['other']])
})

test('yields to the event loop between long requests', async () => {
  let hasYielded = false
  const model = predictorModel({
    invoke() {
      for (const end = performance.now() + 11; performance.now() < end; );
      return hasYielded
    },
  })
  setImmediate(() => {
    hasYielded = true
  })
  expect(await Promise.all(model.predict([requestOf(1), requestOf(2)]))).toEqual([false, true])
})

test('a rejection that is awaited later does not end the process', async () => {
  const [answer] = predictorModel(echo).predict([requestOf('bad')])
  await new Promise(setImmediate)
  await expect(answer).rejects.toThrow('bad')
})
