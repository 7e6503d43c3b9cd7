import { describe, expect, test } from 'vitest'
import { binary, margins, treesOf } from '../testing/tables.js'
import { withoutXgboost, xgboostPython } from '../testing/xgboost-python.js'
import { type BoosterStep, trainBooster } from '../train.js'

test('explains how to install a missing library', async () => {
  const training = trainBooster(
    binary({ rows: 50 }),
    {},
    { engine: 'libxgboost', library: '/nowhere/libxgboost.so' },
  )
  await expect(training).rejects.toThrow(
    "libxgboost was not found at '/nowhere/libxgboost.so': install Debian's libxgboost0",
  )
})

describe.skipIf(!xgboostPython)(`the library itself${withoutXgboost}`, () => {
  const engine = { engine: 'libxgboost', library: xgboostPython?.library } as const
  const names = ['a', 'b', 'c', 'd', 'e']
  const data = { ...binary({ rows: 2000 }), names }
  const evaluation = binary({ rows: 500, seed: 9 })

  test('agrees with the built-in engine in rounds, metrics, early stopping and model', async () => {
    const [ours, theirs] = await Promise.all(
      [{}, engine].map(async (options) => {
        const steps: BoosterStep[] = []
        const model = await trainBooster(
          data,
          { num_boost_round: 200, eta: 1, early_stopping_rounds: 3 },
          { ...options, evaluation, onTree: (step) => void steps.push(step) },
        )
        return { model, scores: steps.map(({ metrics }) => metrics.logloss!) }
      }),
    )
    expect(theirs!.scores.length).toBe(ours!.scores.length)
    theirs!.scores.forEach((score, round) => {
      expect(score).toBeCloseTo(ours!.scores[round]!, 5)
    })
    expect(theirs!.model.attributes.best_iteration).toBe(ours!.model.attributes.best_iteration)
    expect(theirs!.model.featureNames).toEqual(names)
    expect(treesOf(theirs!.model)).toHaveLength(treesOf(ours!.model).length)
    const expected = margins(ours!.model, data)
    margins(theirs!.model, data).forEach((margin, row) => {
      expect(margin).toBeCloseTo(expected[row]!, 4)
    })
  })

  test('stops between rounds on abort', async () => {
    const controller = new AbortController()
    const onTree = ({ done }: BoosterStep) => {
      if (done === 3) controller.abort(new Error('cancelled by the user'))
    }
    const training = trainBooster(
      data,
      { num_boost_round: 50_000 },
      { ...engine, onTree, signal: controller.signal },
    )
    await expect(training).rejects.toThrow('cancelled by the user')
  })
})
