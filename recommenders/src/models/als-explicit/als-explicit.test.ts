import { Cholesky } from '@cairn/flavors/als/cholesky'
import { normalStream, randomStream } from '@cairn/platform/statistics/random'
import { expect, test } from 'vitest'
import { buildInteractions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { split } from '../../evaluation/splits/split.js'
import { resolveParameters } from '../../recipe.js'
import { alsExplicit } from './recipe.js'

/** Ratings of two groups with different tastes; some pairs are rated twice, and the later rating counts. */
function someRatings(users: number, items: number) {
  const random = randomStream(4)
  const columns = {
    users: [] as number[],
    items: [] as number[],
    values: [] as number[],
    times: [] as number[],
  }
  const rate = (user: number, item: number) => {
    columns.users.push(user)
    columns.items.push(item)
    columns.values.push((user % 2 === item % 2 ? 4 : 2) + Math.round(random() * 2) / 2)
    columns.times.push(columns.times.length)
  }
  for (let user = 0; user < users; user++)
    for (let item = 0; item < items; item++) if (random() < 0.4) rate(user, item)
  for (let n = 0; n < 30; n++) rate(columns.users[n * 3]!, columns.items[n * 3]!)
  return buildInteractions(columns, 'row')
}

const ratings = someRatings(40, 30)
const parameters = { factors: 6, epochs: 5, regularization: 0.1, seed: 42 }

/** ALS-WR as in the paper: float64, dense, one ridge regression per row. */
function naive() {
  const [rows, columns] = [ratings.users.size, ratings.items.size]
  const d = parameters.factors
  const rated = Array.from({ length: rows }, (_, user) => {
    const last = new Map<number, number>()
    for (let event = ratings.starts[user]!; event < ratings.ends[user]!; event++)
      last.set(ratings.itemOf[event]!, ratings.values![event]!)
    return last
  })
  const normal = normalStream(parameters.seed)
  const start = (size: number): Float64Array[] =>
    Array.from({ length: size }, () =>
      Float64Array.from({ length: d }, () => Math.fround((1 / Math.sqrt(d)) * normal())),
    )
  const users = start(rows)
  const items = start(columns)
  const solve = (others: [Float64Array, number][]) => {
    const matrix = new Float64Array(d * d)
    const right = new Float64Array(d)
    for (const [other, rating] of others)
      for (let k = 0; k < d; k++) {
        right[k]! += rating * other[k]!
        for (let l = 0; l < d; l++) matrix[k * d + l]! += other[k]! * other[l]!
      }
    for (let k = 0; k < d; k++) matrix[k * d + k]! += parameters.regularization * others.length
    return new Cholesky(matrix, d).solve(right)
  }
  for (let epoch = 0; epoch < parameters.epochs; epoch++) {
    for (let user = 0; user < rows; user++)
      users[user] = solve([...rated[user]!].map(([item, rating]) => [items[item]!, rating]))
    for (let item = 0; item < columns; item++)
      items[item] = solve(
        rated.flatMap((row, user) =>
          row.has(item) ? [[users[user]!, row.get(item)!] as [Float64Array, number]] : [],
        ),
      )
  }
  return { users, items }
}

test('equals a dense float64 solver of regressions', async () => {
  const model = await alsExplicit.fit({ train: ratings }, parameters, { threads: 2 })
  const wanted = naive()
  const off = (factors: Float32Array, rows: Float64Array[]) =>
    Math.max(...rows.flatMap((row, n) => [...row].map((value, k) => Math.abs(value - factors[n * 6 + k]!))))
  expect(off(model.userFactors, wanted.users)).toBeLessThan(2e-3)
  expect(off(model.itemFactors, wanted.items)).toBeLessThan(2e-3)
})

test('predicts ratings close to the actual ones, by taste', async () => {
  const model = await alsExplicit.fit({ train: ratings }, parameters)
  const scores = new Float32Array(ratings.users.size * ratings.items.size)
  await model.score(
    ratings,
    Int32Array.from({ length: ratings.users.size }, (_, user) => user),
    scores,
  )
  let sum = 0
  let count = 0
  for (let user = 0; user < ratings.users.size; user++)
    for (let event = ratings.starts[user]!; event < ratings.ends[user]!; event++) {
      sum += (scores[user * ratings.items.size + ratings.itemOf[event]!]! - ratings.values![event]!) ** 2
      count++
    }
  expect(Math.sqrt(sum / count)).toBeLessThan(0.5)
})

test('has a caution about ranking and reports losses', async () => {
  expect(alsExplicit.caution).toMatch(/ranks poorly/)
  const losses: number[] = []
  await alsExplicit.fit({ train: ratings }, parameters, {
    onStep: ({ metrics }) => void losses.push(metrics!.train_loss!),
  })
  expect(losses).toHaveLength(5)
  for (let n = 1; n < losses.length; n++) expect(losses[n]).toBeLessThan(losses[n - 1]!)
})

test('can be evaluated like any other model', async () => {
  const parts = split('loo.v1', ratings)
  const model = await alsExplicit.fit(parts.test, resolveParameters(alsExplicit))
  const { summary } = await evaluate(model, parts, getProtocol('loo.full.seenfiltered.v1'), { threads: 1 })
  expect(summary.n_users).toBe(30)
  expect(summary.metrics.hit_rate).toBeGreaterThan(0)
})

test('rejects events without ratings', async () => {
  const train = { ...ratings, values: undefined }
  await expect(alsExplicit.fit({ train }, parameters)).rejects.toThrow('needs ratings')
})

test.each([
  [{ factors: 0 }, "Explicit ALS parameter 'factors'"],
  [{ regularization: 0 }, "'regularization'"],
])('rejects an invalid parameter by name: %j', (overrides, message) => {
  expect(() => resolveParameters(alsExplicit, overrides)).toThrow(message)
})
