import { entry } from '@cairn/flavors/arrow/sparse-rows'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { split } from '../../evaluation/splits/split.js'
import { resolveParameters } from '../../recipe.js'
import { trainPopularity } from '../popularity/train.js'
import { markov } from './recipe.js'

const histories = fc.array(fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 8,
})

const interactionsOf = (all: readonly number[][]) =>
  buildInteractions({ users: all.flatMap((one, user) => one.map(() => user)), items: all.flat() }, 'row')

test('equals transition shares counted pair by pair', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 30 }),
      async (all, window, smoothing) => {
        const train = interactionsOf(all)
        const { transitions } = await markov.fit({ train }, { window, smoothing, lag_weights: [1] })
        const counts = new Map<string, number>()
        const add = (key: string, weight: number) => counts.set(key, (counts.get(key) ?? 0) + weight)
        for (const one of all)
          one.forEach((from, at) => {
            for (let k = 1; k <= window && at + k < one.length; k++) {
              add(`${from} ${one[at + k]}`, 1 / k)
              add(`${from}`, 1 / k)
            }
          })
        for (let from = 0; from < train.items.size; from++)
          for (let to = 0; to < train.items.size; to++) {
            const [a, b] = [train.items.at(from), train.items.at(to)]
            const share = (counts.get(`${a} ${b}`) ?? 0) / ((counts.get(`${a}`) ?? 0) + smoothing || 1)
            expect(entry(transitions, from, to)).toBeCloseTo(share, 6)
          }
      },
    ),
  )
})

/** All users walk through the same 60 films in the same order, from different starts, with occasional skips. */
function walks() {
  const all = Array.from({ length: 80 }, (_, user) =>
    Array.from({ length: 14 }, (_, step) => (user * 7 + step + (step % 5 === 3 ? 20 : 0)) % 60),
  )
  return interactionsOf(all)
}

test('predicts the next item in sequences, unlike popularity', async () => {
  const parts = split('loo.v1', walks())
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  const fitted = await markov.fit(parts.test, resolveParameters(markov))
  const popularity = await evaluate(trainPopularity(parts.test.train), parts, protocol, { threads: 1 })
  const { summary } = await evaluate(fitted, parts, protocol, { threads: 2 })
  expect(summary.metrics.hit_rate).toBeGreaterThan(0.9)
  expect(popularity.summary.metrics.hit_rate).toBeLessThan(0.4)
})

test('reports progress, stops on abort and is deterministic', async () => {
  const long = Array.from({ length: 500 }, (_, user) =>
    Array.from({ length: 200 }, (_, n) => (user * n) % 97),
  )
  const train = interactionsOf(long)
  const steps: number[] = []
  const parameters = resolveParameters(markov)
  const one = await markov.fit({ train }, parameters, { onStep: ({ done }) => void steps.push(done) })
  expect(steps.length).toBeGreaterThan(1)
  expect((await markov.fit({ train }, parameters)).transitions).toEqual(one.transitions)
  const controller = new AbortController()
  const stopped = markov.fit({ train }, parameters, {
    signal: controller.signal,
    onStep: () => controller.abort(new Error('cancelled by the user')),
  })
  await expect(stopped).rejects.toThrow('cancelled by the user')
})

test.each([
  [{ window: 0 }, "Markov-3 parameter 'window'"],
  [{ smoothing: -1 }, "Markov-3 parameter 'smoothing'"],
  [{ lag_weights: [] }, "Markov-3 parameter 'lag_weights'"],
])('rejects an invalid parameter by name: %j', (overrides, message) => {
  expect(() => resolveParameters(markov, overrides)).toThrow(message)
})
