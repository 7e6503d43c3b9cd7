import { randomStream } from '@cairn/platform/statistics/random'
import { describe, expect, test } from 'vitest'
import { buildInteractions, type Interactions } from '../../data/interactions.js'
import { evaluate } from '../../evaluation/evaluate.js'
import { getProtocol } from '../../evaluation/protocol.js'
import { split } from '../../evaluation/splits/split.js'
import { gaussInverse } from '../../numeric/inverse/testing/gauss-inverse.js'
import { resolveParameters } from '../../recipe.js'
import { trainPopularity } from '../popularity/train.js'
import { ease } from './recipe.js'

/** Four groups of users, each with mostly one quarter of the items. */
function createWorld(users: number, items: number) {
  const random = randomStream(3)
  const columns = { users: [] as number[], items: [] as number[] }
  for (let user = 0; user < users; user++)
    for (const item of Array.from({ length: items }, (_, one) => one).sort(() => random() - 0.5))
      if (random() < (user % 4 === item % 4 ? 0.35 : 0.03)) {
        columns.users.push(user)
        columns.items.push(item)
      }
  return buildInteractions(columns, 'row')
}

/** The scores of all users by the definition, float64, dense. */
function naiveScores({ users, items, starts, ends, itemOf }: Interactions, regularization: number) {
  const n = items.size
  const sets = users.ids.map((_, user) => [...new Set(itemOf.subarray(starts[user], ends[user]))])
  const gram = new Float64Array(n * n)
  for (const set of sets) for (const a of set) for (const b of set) gram[a * n + b]! += 1
  for (let item = 0; item < n; item++) gram[item * n + item]! += regularization
  const inverse = gaussInverse(gram, n)
  return sets.map((set) =>
    Float64Array.from({ length: n }, (_, item) =>
      set.reduce(
        (sum, one) => sum - (one === item ? 0 : inverse[one * n + item]! / inverse[item * n + item]!),
        0,
      ),
    ),
  )
}

describe.each([
  ['more users than items, all weights', 150, 90, 0, 'dense'],
  ['fewer users than items', 60, 130, 0, 'dual'],
])('with %s', (_, users, items, weights_per_item, form) => {
  const train = createWorld(users, items)

  test('equals the closed form', async () => {
    const fitted = await ease.fit({ train }, { regularization: 12, weights_per_item }, { threads: 2 })
    expect(fitted.weights.form).toBe(form)
    const scores = new Float32Array(users * items)
    await fitted.score(
      train,
      Int32Array.from({ length: users }, (_, user) => user),
      scores,
    )
    const wanted = naiveScores(train, 12)
    for (let user = 0; user < users; user++)
      for (let item = 0; item < items; item++)
        expect(scores[user * items + item]).toBeCloseTo(wanted[user]![item]!, 4)
  })

  test('fits the same bits with one and three threads', async () => {
    const parameters = { regularization: 12, weights_per_item: 20 }
    const [one, three] = await Promise.all(
      [1, 3].map((threads) => ease.fit({ train }, parameters, { threads })),
    )
    expect(three!.weights).toEqual(one!.weights)
  })
})

test('keeps only the largest weights if that saves memory', async () => {
  const train = createWorld(150, 90)
  const all = await ease.fit({ train }, { regularization: 12, weights_per_item: 0 })
  const some = await ease.fit({ train }, { regularization: 12, weights_per_item: 10 })
  if (all.weights.form !== 'dense' || some.weights.form !== 'sparse') throw new Error('other forms')
  const { offsets, items, values } = some.weights.rows
  for (let row = 0; row < 90; row++) {
    const dense = all.weights.values.subarray(row * 90, (row + 1) * 90)
    const sizes = [...dense].map(Math.abs).sort((a, b) => b - a)
    const kept = items.subarray(offsets[row], offsets[row + 1])
    expect(kept).toHaveLength(10)
    for (const [place, item] of kept.entries()) {
      expect(values[offsets[row]! + place]).toBe(dense[item])
      expect(Math.abs(dense[item]!)).toBeGreaterThanOrEqual(sizes[9]!)
    }
  }
})

test('distinguishes tastes, unlike popularity', async () => {
  const parts = split('loo.v1', createWorld(200, 120))
  const protocol = getProtocol('loo.full.seenfiltered.v1')
  const popularity = await evaluate(trainPopularity(parts.test.train), parts, protocol, { threads: 1 })
  const fitted = await ease.fit(parts.test, resolveParameters(ease, { regularization: 20 }))
  const { summary } = await evaluate(fitted, parts, protocol, { threads: 1 })
  expect(summary.metrics.ndcg).toBeGreaterThan(1.5 * popularity.summary.metrics.ndcg)
})

test('rejects data that do not fit in memory with the numbers', async () => {
  const many = Array.from({ length: 15_001 }, (_, n) => n)
  const train = buildInteractions({ users: many, items: many }, 'row')
  await expect(ease.fit({ train }, resolveParameters(ease))).rejects.toThrow('15001 items and 15001 users')
})

test.each([
  [{ regularization: 0 }, "EASE parameter 'regularization'"],
  [{ weights_per_item: -1 }, "EASE parameter 'weights_per_item'"],
])('rejects an invalid parameter by name: %j', (overrides, message) => {
  expect(() => resolveParameters(ease, overrides)).toThrow(message)
})
