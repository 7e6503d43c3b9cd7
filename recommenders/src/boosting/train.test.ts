import { describe, expect, test } from 'vitest'
import type { BoosterParams } from './parameters.js'
import { binary, leafOf, margins, ranking, regression, treesOf } from './testing/tables.js'
import { type BoosterStep, trainBooster } from './train.js'

const small: Partial<BoosterParams> = { num_boost_round: 5, max_depth: 4 }

test('separates classes that the features distinguish, and reports the metric', async () => {
  const steps: BoosterStep[] = []
  const data = binary({ rows: 2000 })
  const model = await trainBooster(
    data,
    { ...small, num_boost_round: 30 },
    { evaluation: data, onTree: (step) => void steps.push(step) },
  )
  const right = margins(model, data).filter((margin, row) => margin > 0 === (data.labels[row] === 1)).length
  expect(right / 2000).toBeGreaterThan(0.93)
  expect(steps.map(({ done }) => done)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1))
  expect(steps.at(-1)!.metrics.logloss).toBeLessThan(steps[0]!.metrics.logloss! / 2)
})

describe.each([
  ['binary:logistic', { objective: 'binary:logistic' }, binary({ rows: 3000 })],
  [
    'sampled rows and columns',
    { subsample: 0.7, colsample_bynode: 0.6, colsample_bytree: 0.8 },
    binary({ rows: 3000 }),
  ],
  [
    'reg:squarederror',
    { objective: 'reg:squarederror', max_leaves: 9, grow_policy: 'lossguide' },
    regression({ rows: 3000 }),
  ],
  ['rank:ndcg', { objective: 'rank:ndcg', min_child_weight: 0.1 }, ranking({ rows: 3000, group: 30 })],
] as const)('%s', (_, overrides, data) => {
  test('trains the same bytes with one and three threads', async () => {
    const [one, three] = await Promise.all(
      [1, 3].map((threads) => trainBooster(data, { ...small, ...overrides }, { threads })),
    )
    expect(three).toEqual(one)
  })
})

test('samples other rows with another seed', async () => {
  const data = binary({ rows: 1000 })
  const [one, other] = await Promise.all(
    [1, 2].map((seed) => trainBooster(data, { ...small, subsample: 0.5, seed })),
  )
  expect(margins(other!, data)).not.toEqual(margins(one!, data))
})

test('sends missing values to the side of their labels', async () => {
  const rows = Float32Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? Number.NaN : row % 3))
  const labels = Array.from(rows, (value) => Number(Number.isNaN(value) || value === 2))
  const model = await trainBooster({ rows, features: 1, labels }, { num_boost_round: 1, max_depth: 1 })
  const [tree] = treesOf(model)
  expect(leafOf(tree!, new Float32Array([Number.NaN]))).toBe(leafOf(tree!, new Float32Array([2])))
  expect(leafOf(tree!, new Float32Array([1]))).not.toBe(leafOf(tree!, new Float32Array([2])))
})

test('keeps the trees up to the best round with early stopping', async () => {
  const data = binary({ rows: 600, seed: 2 })
  const steps: BoosterStep[] = []
  const model = await trainBooster(
    data,
    { num_boost_round: 500, early_stopping_rounds: 5, eta: 0.5 },
    { evaluation: binary({ rows: 600, seed: 3 }), onTree: (step) => void steps.push(step) },
  )
  const scores = steps.map(({ metrics }) => metrics.logloss!)
  const best = scores.indexOf(Math.min(...scores))
  expect(steps).toHaveLength(best + 6)
  expect(treesOf(model)).toHaveLength(best + 1)
  expect(model.attributes).toEqual({ best_iteration: String(best), best_score: String(scores[best]) })
})

test('stops on abort and rejects with its reason', async () => {
  const controller = new AbortController()
  let rounds = 0
  const training = trainBooster(
    binary({ rows: 2000 }),
    { num_boost_round: 100_000 },
    {
      threads: 2,
      signal: controller.signal,
      onTree: () => {
        if (++rounds === 3) setTimeout(() => controller.abort(new Error('cancelled by the user')), 1)
      },
    },
  )
  await expect(training).rejects.toThrow('cancelled by the user')
  expect(rounds).toBeLessThan(2000)
})

test.each([
  [{ eta: 0 }, "XGBoost parameter 'eta'"],
  [{ num_boost_round: 0 }, "XGBoost parameter 'num_boost_round'"],
  [{ objective: 'multi:softprob' as const }, "XGBoost parameter 'num_class' must be at least 2"],
  [{ max_depth: 0 }, "XGBoost parameter 'max_depth' and max_leaves cannot both be 0"],
  [{ early_stopping_rounds: 3 }, 'needs an evaluation table'],
  [{ monotone_constraints: [1, 1, 1, 1, 1, 1] as (1 | -1 | 0)[] }, 'has 6 entries for 5 features'],
])('rejects invalid parameters by name: %j', async (params, message) => {
  await expect(trainBooster(binary({ rows: 20 }), params)).rejects.toThrow(message)
})

const table = binary({ rows: 4 })
test.each([
  [{ ...table, labels: [0, 1, Number.NaN, 1] }, 'label NaN of row 2 is not from 0 to 1'],
  [{ ...table, labels: [0, 1] }, "'rows' has 20 values, not 2 × 5"],
  [{ ...table, labels: [], rows: new Float32Array() }, 'no rows'],
  [{ ...table, rows: table.rows.with(7, Number.POSITIVE_INFINITY) }, "feature '2' is Infinity in row 1"],
  [{ ...table, weights: [1, 2, -1, 0] }, 'weight -1 at 2'],
  [{ ...table, weights: [0, 0, 0, 0] }, 'all weights are 0'],
])('rejects invalid data by field and row: %#', async (data, message) => {
  await expect(trainBooster(data)).rejects.toThrow(message)
})
