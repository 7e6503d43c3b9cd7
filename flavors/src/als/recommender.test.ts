import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Id } from '../id.js'
import type { RecommendRequest } from '../recommender/recommendation.js'
import { anAlsModel } from '../testing/als-model.js'
import type { AlsModel } from './model.js'
import { AlsRecommender } from './recommender.js'

const recommend = (model: AlsModel, request: RecommendRequest) =>
  new AlsRecommender(model).recommend([request])[0]!

/** Gaussian elimination with pivoting, independent of the code under test. */
function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length
  const a = matrix.map((row, i) => [...row, right[i]!])
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column; row < n; row++)
      if (Math.abs(a[row]![column]!) > Math.abs(a[pivot]![column]!)) pivot = row
    ;[a[column], a[pivot]] = [a[pivot]!, a[column]!]
    for (let row = 0; row < n; row++) {
      if (row === column) continue
      const factor = a[row]![column]! / a[column]![column]!
      for (let k = column; k <= n; k++) a[row]![k]! -= factor * a[column]![k]!
    }
  }
  return a.map((row, i) => row[n]! / row[i]!)
}

const vectors = (model: AlsModel, values: Float32Array) =>
  Array.from({ length: values.length / model.dimensions }, (_, row) =>
    Array.from(values.subarray(row * model.dimensions, (row + 1) * model.dimensions)),
  )
const dot = (a: number[], b: number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0)

/** The normal matrix of a history by definition. */
function normalMatrix(model: AlsModel, history: number[]): number[][] {
  const items = vectors(model, model.itemFactors)
  const { regularization, unobserved_weight: weight, regularization_exponent: exponent } = model.parameters
  const penalty = regularization * (history.length + weight * items.length) ** exponent
  return Array.from({ length: model.dimensions }, (_, i) =>
    Array.from({ length: model.dimensions }, (_, j) => {
      const all = items.reduce((sum, v) => sum + v[i]! * v[j]!, 0)
      const seen = history.reduce((sum, row) => sum + items[row]![i]! * items[row]![j]!, 0)
      return weight * all + seen + (i === j ? penalty : 0)
    }),
  )
}

function naiveHistory(model: AlsModel, history: number[], k: number, filterSeen: boolean) {
  const items = vectors(model, model.itemFactors)
  const matrix = normalMatrix(model, history)
  const right = Array.from({ length: model.dimensions }, (_, i) =>
    history.reduce((sum, row) => sum + items[row]![i]!, 0),
  )
  const user = solve(matrix, right)
  return items
    .map((vector, row) => {
      const weights = solve(matrix, vector)
      return { row, score: dot(vector, user), parts: history.map((one) => dot(weights, items[one]!)) }
    })
    .filter(({ row }) => !filterSeen || !history.includes(row))
    .sort((a, b) => b.score - a.score)
    .slice(0, k)
}

const scenario = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  items: fc.integer({ min: 1, max: 40 }),
  dimensions: fc.integer({ min: 1, max: 9 }),
  history: fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 12 }),
  k: fc.integer({ min: 1, max: 50 }),
  filterSeen: fc.boolean(),
  textIds: fc.boolean(),
})

describe('recommending from a history', () => {
  test('matches the dense computation in items, scores and reasons', () => {
    fc.assert(
      fc.property(scenario, ({ seed, items, dimensions, history, k, filterSeen, textIds }) => {
        const model = anAlsModel({ seed, items, dimensions, textIds })
        const rows = history.filter((row) => row < items)
        fc.pre(rows.length > 0)
        const ids = rows.map((row) => model.items.ids[row]!)
        const answer = recommend(model, { history: ids, k, filter_seen: filterSeen, reasons: true })
        const wanted = naiveHistory(model, rows, k, filterSeen)
        expect(answer.source).toBe('history')
        expect(answer.recommendations.map((one) => one.item_id)).toEqual(
          wanted.map(({ row }) => model.items.ids[row]),
        )
        for (const [place, { score, reasons }] of answer.recommendations.entries()) {
          const naive = wanted[place]!
          expect(score).toBeCloseTo(naive.score, 9)
          expect(naive.parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(naive.score, 9)
          const added = [...naive.parts.entries()]
            .filter(([, part]) => part > 1e-9)
            .sort(([, a], [, b]) => b - a)
            .slice(0, 3)
            .map(([at, part]) => ({
              type: 'history',
              item_id: ids[at],
              contribution: expect.closeTo(part, 9) as number,
            }))
          expect(reasons).toMatchObject(added.length > 0 ? added : [{ type: 'profile' }])
        }
      }),
      { numRuns: 200 },
    )
  })

  test('does not depend on order or repeats of the history', () => {
    const model = anAlsModel()
    const [a, b, c] = model.items.ids as [Id, Id, Id]
    const one = recommend(model, { history: [a, b, c], k: 5, filter_seen: true, reasons: true })
    const other = recommend(model, {
      history: [a, b, c, a, b],
      k: 5,
      filter_seen: true,
      reasons: true,
    })
    expect(other).toEqual(one)
  })

  test('ignores unknown items and names them', () => {
    const model = anAlsModel()
    const history = [model.items.ids[0]!, 999_999, 'nonsense']
    const answer = recommend(model, { history, k: 3, filter_seen: true })
    expect(answer.source).toBe('history')
    expect(answer.notices).toEqual(['history: the model does not know 999999, "nonsense"'])
  })
})

describe('recommending to a trained user', () => {
  test('scores by their factors, hides seen items and explains by them', () => {
    const model = anAlsModel({ users: 4, items: 30, dimensions: 5 })
    const user = 2
    const seen = [...model.seen!.items.subarray(model.seen!.offsets[user], model.seen!.offsets[user + 1])]
    const vector = vectors(model, model.userFactors)[user]!
    const wanted = vectors(model, model.itemFactors)
      .map((item, row) => ({ row, score: dot(item, vector) }))
      .filter(({ row }) => !seen.includes(row))
      .sort((a, b) => b.score - a.score)
      .slice(0, 6)
    const request = { user_id: model.userIds[user]!, k: 6, filter_seen: true, reasons: true }
    const { recommendations, source, notices } = recommend(model, request)
    expect([source, notices]).toEqual(['user', []])
    expect(recommendations.map((one) => one.item_id)).toEqual(wanted.map(({ row }) => model.items.ids[row]))
    const matrix = normalMatrix(model, seen)
    for (const [place, { reasons, title }] of recommendations.entries()) {
      const items = vectors(model, model.itemFactors)
      const weights = solve(matrix, items[wanted[place]!.row]!)
      const parts = seen.map((row) => dot(weights, items[row]!))
      const most = Math.max(...parts)
      const item_id = model.items.ids[seen[parts.indexOf(most)]!]
      expect(reasons![0]).toMatchObject(most > 0 ? { type: 'history', item_id } : { type: 'profile' })
      expect(title).toBe(model.items.titles![wanted[place]!.row])
    }
  })

  test('accepts the id as text; without a seen list the reason is the profile', () => {
    const { seen: _, ...model } = anAlsModel()
    const request = { user_id: String(model.userIds[1]), k: 2, filter_seen: true, reasons: true }
    const { recommendations, source } = recommend(model, request)
    expect(source).toBe('user')
    expect(recommendations.map((one) => one.reasons)).toEqual([[{ type: 'profile' }], [{ type: 'profile' }]])
  })
})

describe('recommending without a history', () => {
  const model = anAlsModel({ items: 20 })
  const popular = model.items.ids
    .map((id, row) => ({ id: id as number, popularity: model.items.popularity[row]! }))
    .sort((a, b) => b.popularity - a.popularity || a.id - b.id)
    .map(({ id }) => id)

  test.each([
    ['no history', { history: [] }, 1],
    ['only unknown items', { history: [777_777] }, 2],
    ['an unknown user', { user_id: 'x' }, 2],
    ['nothing at all', {}, 1],
  ])('with %s returns the most popular items, ties by id, and a notice', (_, who, notices) => {
    const answer = recommend(model, { ...who, k: 12, filter_seen: true, reasons: true })
    expect(answer.source).toBe('popularity')
    expect(answer.recommendations.map((one) => one.item_id)).toEqual(popular.slice(0, 12))
    expect(answer.recommendations[0]!.reasons).toEqual([{ type: 'popularity' }])
    expect(answer.notices).toHaveLength(notices)
  })

  test('returns fewer than k only when all items are exhausted', () => {
    const answer = recommend(model, { k: 1000, filter_seen: true })
    expect(answer.recommendations).toHaveLength(20)
  })
})

test('orders equal scores by id for any order of rows', () => {
  const model = anAlsModel({ items: 6, dimensions: 2 })
  const items = { ...model.items, ids: [50, 10, 40, 20, 60, 30] }
  const same = { ...model, items, itemFactors: new Float32Array(12).fill(0.5) }
  const answer = recommend(same, { history: [50], k: 4, filter_seen: true })
  expect(answer.recommendations.map((one) => one.item_id)).toEqual([10, 20, 30, 40])
})
