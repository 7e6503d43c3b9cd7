import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entry } from '../arrow/sparse-rows.js'
import { loadModel } from '../load.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { folderSaver } from '../testing/folder-saver.js'
import { recommend } from '../testing/predict.js'
import { someRows, someTables } from '../testing/tables.js'
import { markovFiles, readMarkov } from './artifact.js'
import type { MarkovModel } from './model.js'
import { MarkovScorer } from './scorer.js'

const save = folderSaver()

const aModel = (items = 12, seed = 1): MarkovModel => ({
  ...someTables(items, 7, seed),
  transitions: someRows(items, seed),
  lagWeights: [1, 0.7, 0.5],
})

describe('scores', () => {
  test('are the weighted rows of the last items, and the contributions add up to them', () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      histories: fc.array(fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 3,
      }),
      weights: fc.array(fc.float({ noNaN: true, min: 0, max: 2 }), { minLength: 1, maxLength: 5 }),
    })
    fc.assert(
      fc.property(scenario, ({ seed, histories, weights }) => {
        const transitions = someRows(9, seed)
        const scorer = new MarkovScorer(transitions, weights)
        const into = new Float32Array(histories.length * 9).fill(5)
        scorer.score(
          histories.map((history) => Int32Array.from(history)),
          into,
        )
        for (const [row, history] of histories.entries())
          for (let item = 0; item < 9; item++) {
            let score = 0
            for (let lag = 0; lag < weights.length && lag < history.length; lag++)
              score += weights[lag]! * entry(transitions, history.at(-1 - lag)!, item)
            expect(into[row * 9 + item]).toBeCloseTo(score, 5)
            const parts = scorer.contributions(Int32Array.from(history))(item)
            expect(parts).toHaveLength(history.length)
            expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 5)
          }
      }),
    )
  })
})

describe('an artifact', () => {
  test('round-trips with and without users', async () => {
    const { users: _, ...alone } = aModel(5, 3)
    expect(await readMarkov(await save(markovFiles(aModel())))).toEqual(aModel())
    expect(await readMarkov(await save(markovFiles(alone)))).toEqual(alone)
  })

  test('recommends for a history and for a known user, with reasons', async () => {
    const model = aModel()
    const served = await loadModel(await save(markovFiles(model, { note: 'kept' })))
    expect(served.flavor).toBe('markov')
    expect(served.mlmodel.metadata).toEqual({ note: 'kept' })
    const { ids } = model.items
    const stored = Array.from(model.users!.histories.items.subarray(0, 1), (row) => ids[row]!)
    const request = { k: 3, filter_seen: false, reasons: true }
    const byUser = await recommend(served, { ...request, user_id: 101 })
    const byHistory = await recommend(served, { ...request, history: stored })
    expect(byUser).toEqual({ ...byHistory, source: 'user' })
    expect(byHistory.recommendations[0]!.reasons).toMatchObject([{ type: 'history', item_id: stored[0] }])
    expect((await recommend(served, { ...request, history: [] })).source).toBe('popularity')
  })
})

describe('rejects an invalid folder', () => {
  const good = markovFiles(aModel())
  const manifest = JSON.parse(good['markov.json'] as string) as Record<string, unknown>
  const json = (changes: Record<string, unknown>) => ({
    'markov.json': JSON.stringify({ ...manifest, ...changes }),
  })
  test.each<[string, ModelFiles, RegExp]>([
    ['another format', json({ format: 'cairn.als' }), /must be 'cairn\.markov'/],
    ['another version', json({ format_version: 2 }), /format_version 1/],
    ['no lags', json({ lag_weights: [] }), /lag_weights/],
    ['text for lags', json({ lag_weights: ['1'] }), /lag_weights/],
    [
      'transitions of other items',
      { 'transitions.arrow': markovFiles(aModel(11))['transitions.arrow']! },
      /differs/,
    ],
    ['text for arrow', { 'transitions.arrow': 'hello' }, /transitions\.arrow: not readable/],
    ['users of other items', { 'users.arrow': markovFiles(aModel(900, 2))['users.arrow']! }, /names item/],
  ])('%s', async (_, changes, message) => {
    await expect(readMarkov(await save({ ...good, ...changes }))).rejects.toThrow(message)
  })
})
