import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemItemModel, someItems } from '../testing/item-item-model.js'
import { recommendOne } from '../testing/predict.js'
import { type Contributions, explainByContribution, explainByLastItem } from './explanation.js'
import { HistoryRecommender } from './history-recommender.js'
import type { HistoryScorer } from './history-scorer.js'
import { ItemTable } from './item-table.js'
import { parseRequest } from './parse-request.js'
import type { RecommendRequest } from './recommendation.js'
import { UserTable } from './user-histories.js'

const scenario = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  items: fc.integer({ min: 1, max: 30 }),
  history: fc.array(fc.nat(29), { minLength: 1, maxLength: 12 }),
  k: fc.integer({ min: 1, max: 40 }),
  filterSeen: fc.boolean(),
})

const partsOf =
  (contributions: ReturnType<typeof itemItemModel>['contributions']): Contributions =>
  (history) =>
  (row) =>
    contributions(history, row)

/** Returns the best rows by a full sort. */
function bestRows(scores: readonly number[], ids: readonly unknown[], hidden: readonly number[], k: number) {
  return scores
    .map((score, row) => ({ score, row, id: ids[row] as number }))
    .filter(({ row }) => !hidden.includes(row))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, k)
    .map(({ row }) => row)
}

describe('recommending from a history', () => {
  test('returns the same as a full sort, with the largest contributions as reasons', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, items: count, history, k, filterSeen }) => {
        const items = someItems(count, seed)
        const { scorer, score, contributions } = itemItemModel(count, seed)
        const table = new ItemTable(items)
        const recommender = new HistoryRecommender({
          scorer,
          table,
          explain: explainByContribution(partsOf(contributions)),
        })
        const rows = Int32Array.from(history.filter((row) => row < count))
        fc.pre(rows.length > 0)
        const ids = Array.from(rows, (row) => items.ids[row]!)
        const answer = await recommendOne(recommender, {
          history: ids,
          k,
          filter_seen: filterSeen,
          reasons: true,
        })
        const scores = items.ids.map((_, row) => score(rows, row))
        const wanted = bestRows(scores, items.ids, filterSeen ? [...rows] : [], k)
        expect(answer.recommendations.map((one) => table.index.find(one.item_id))).toEqual(wanted)
        expect(answer.recommendations.map((one) => one.score)).toEqual(wanted.map((row) => scores[row]))
        for (const [place, { reasons }] of answer.recommendations.entries()) {
          const parts = contributions(rows, wanted[place]!)
          const sums = new Map([...rows].map((one) => [items.ids[one]!, 0]))
          for (const [at, part] of parts.entries())
            sums.set(items.ids[rows[at]!]!, sums.get(items.ids[rows[at]!]!)! + part)
          const largest = [...sums].filter(([, sum]) => sum > 0).sort(([, a], [, b]) => b - a)
          const named = largest.slice(0, 3).map(([item_id, contribution]) => ({ item_id, contribution }))
          expect(reasons).toMatchObject(named.length > 0 ? named : [{ type: 'profile' }])
        }
      }),
      { numRuns: 200 },
    )
  })

  const items = someItems(20)
  const table = new ItemTable(items)
  const model = itemItemModel(20)
  const explain = explainByContribution(partsOf(model.contributions))
  const recommender = new HistoryRecommender({ scorer: model.scorer, table, explain })
  const ids = (...rows: number[]) => rows.map((row) => items.ids[row]!)

  test('passes order and repeats to the scorer', async () => {
    const ask = async (...rows: number[]) =>
      (
        await recommendOne(recommender, { history: ids(...rows), k: 20, filter_seen: false })
      ).recommendations.map(({ score, item_id }) => [table.index.find(item_id), score])
    const scores = (...rows: number[]) =>
      items.ids.map((_, row) => [row, model.score(Int32Array.from(rows), row)])
    for (const rows of [
      [1, 2],
      [2, 1],
      [1, 2, 1],
    ])
      expect((await ask(...rows)).sort((a, b) => a[0]! - b[0]!)).toEqual(scores(...rows))
  })

  test('ignores unknown items and names them', async () => {
    const answer = await recommendOne(recommender, {
      history: [999_999, ...ids(3), 'x'],
      k: 2,
      filter_seen: true,
    })
    expect(answer.source).toBe('history')
    expect(answer.notices).toEqual(['history: the model does not know 999999, "x"'])
  })

  test('returns fewer than k only when all items are exhausted', async () => {
    const answer = await recommendOne(recommender, { history: ids(3, 4), k: 1000, filter_seen: true })
    expect(answer.recommendations).toHaveLength(18)
  })

  test('accepts the longest allowed history', async () => {
    const history = Array.from({ length: 10_000 }, (_, i) => items.ids[i % 19]!)
    const answer = await recommendOne(recommender, parseRequest({ history, k: 5 }))
    expect(answer.recommendations.map((one) => one.item_id)).toEqual([items.ids[19]])
  })

  test('never recommends unscored items, and orders ties by id', async () => {
    const scorer: HistoryScorer = {
      items: 20,
      score: (_, into) => void into.fill(Number.NEGATIVE_INFINITY).fill(0.5, 4, 9).fill(Number.NaN, 6, 7),
    }
    const one = new HistoryRecommender({ scorer, table, explain: explainByLastItem })
    const { recommendations, notices } = await recommendOne(one, {
      history: ids(4),
      k: 10,
      filter_seen: true,
      reasons: true,
    })
    expect(notices).toEqual(['the model scores only 3 items for this request'])
    const wanted = ids(5, 7, 8).sort((a, b) => Number(a) - Number(b))
    expect(recommendations.map((each) => each.item_id)).toEqual(wanted)
    expect(recommendations[0]!.reasons).toEqual([
      { type: 'recent', item_id: items.ids[4], title: items.titles![4] },
    ])
  })

  test('falls back to popular items when the model scores none', async () => {
    const scorer: HistoryScorer = { items: 20, score: (_, into) => void into.fill(Number.NEGATIVE_INFINITY) }
    const one = new HistoryRecommender({ scorer, table, explain: explainByLastItem })
    const answer = await recommendOne(one, { history: ids(4), k: 3, filter_seen: true })
    expect(answer.source).toBe('popularity')
    expect(answer.recommendations).toHaveLength(3)
    const all = await recommendOne(one, { history: [...items.ids], k: 3, filter_seen: true })
    expect(all).toMatchObject({ recommendations: [], source: 'history', notices: [] })
  })

  test('answers a batch like single requests, to the bit', async () => {
    const requests: RecommendRequest[] = Array.from({ length: 20 }, (_, row) => ({
      history: row % 7 === 0 ? [] : ids(row, (row * 3) % 20),
      k: 1 + (row % 5),
      filter_seen: row % 2 === 0,
      reasons: row % 3 === 0,
    }))
    const together = await recommender.recommend(requests)
    for (const [at, request] of requests.entries())
      expect(await recommendOne(recommender, request)).toEqual(together[at])
  })

  test('scores the histories of a batch in one call, and explains only if asked', async () => {
    const calls: number[] = []
    const counting: HistoryScorer = {
      items: 20,
      score(histories, into) {
        calls.push(histories.length)
        return model.scorer.score(histories, into)
      },
    }
    let explained = 0
    const one = new HistoryRecommender({
      scorer: counting,
      table,
      explain: (scored) => {
        explained++
        expect(scored.rows).toHaveLength(3)
        return explainByLastItem(scored)
      },
    })
    const request = { history: ids(1), k: 3, filter_seen: true }
    const [plain, asked] = await one.recommend([
      request,
      { ...request, reasons: true },
      { ...request, history: [] },
    ])
    expect([calls, explained]).toEqual([[2], 1])
    expect(plain!.recommendations[0]).not.toHaveProperty('reasons')
    expect(asked!.recommendations[0]!.reasons).toHaveLength(1)
  })

  test('never recommends excluded items, seen or not', async () => {
    const request = { history: ids(3), k: 20, filter_seen: false }
    const exclude = [...ids(3, 5), 'unknown']
    const { recommendations, notices } = await recommendOne(recommender, { ...request, exclude })
    expect(notices).toEqual([])
    expect(recommendations).toHaveLength(18)
    const left = (await recommendOne(recommender, request)).recommendations
    expect(recommendations).toEqual(left.filter(({ item_id }) => !exclude.includes(item_id)))
    const popular = await recommendOne(recommender, { k: 20, filter_seen: true, exclude })
    expect(popular.recommendations.map(({ item_id }) => item_id)).not.toEqual(
      expect.arrayContaining([expect.toSatisfy((id: unknown) => exclude.includes(id as number))]),
    )
    expect(popular.recommendations).toHaveLength(18)
  })

  test('continues after a failed scoring', async () => {
    let calls = 0
    const scorer: HistoryScorer = {
      items: 20,
      score(histories, into) {
        if (calls++ === 0) throw new Error('broken')
        return model.scorer.score(histories, into)
      },
    }
    const one = new HistoryRecommender({ scorer, table, explain })
    const request = { history: ids(1), k: 3, filter_seen: true }
    await expect(recommendOne(one, request)).rejects.toThrow('broken')
    expect((await recommendOne(one, request)).recommendations).toHaveLength(3)
  })
})

describe('recommending to a known user', () => {
  const items = someItems(12)
  const table = new ItemTable(items)
  const { scorer, contributions } = itemItemModel(12)
  const histories = { offsets: Int32Array.of(0, 3, 3), items: Int32Array.of(5, 1, 7) }
  const users = new UserTable(['ann', 'bo'], histories)
  const recommender = new HistoryRecommender({
    scorer,
    table,
    users,
    explain: explainByContribution(partsOf(contributions)),
  })

  test('uses their stored history', async () => {
    const { notices, ...answer } = await recommendOne(recommender, {
      user_id: 'ann',
      k: 4,
      filter_seen: true,
      reasons: true,
    })
    const history = [5, 1, 7].map((row) => items.ids[row]!)
    const same = await recommendOne(recommender, { history, k: 4, filter_seen: true, reasons: true })
    expect([answer, notices]).toEqual([{ recommendations: same.recommendations, source: 'user' }, []])
  })

  test('prefers the request history, and hides their seen items', async () => {
    const request = { user_id: 'ann', history: [items.ids[2]!], k: 12, filter_seen: true }
    const answer = await recommendOne(recommender, request)
    expect(answer.source).toBe('history')
    const rows = answer.recommendations.map((one) => table.index.find(one.item_id))
    expect(rows.filter((row) => [1, 2, 5, 7].includes(row!))).toEqual([])
    expect(rows).toHaveLength(8)
  })

  test.each([
    ['an unknown user', { user_id: 'x' }, ['user_id: the model does not know "x"']],
    ['a user without a history', { user_id: 'bo' }, []],
    ['an empty history', { history: [] }, []],
    ['unknown items only', { history: ['y'] }, ['history: the model does not know "y"']],
    ['nothing', {}, []],
  ])('%s gets the most popular items and a notice', async (_, who, notices) => {
    const answer = await recommendOne(recommender, { ...who, k: 3, filter_seen: true, reasons: true })
    const wanted = bestRows([...items.popularity], items.ids, [], 3)
    expect(answer.recommendations.map((one) => table.index.find(one.item_id))).toEqual(wanted)
    expect(answer.recommendations[0]!.reasons).toEqual([{ type: 'popularity' }])
    expect(answer.source).toBe('popularity')
    expect(answer.notices).toEqual([...notices, 'without a usable history these are the most popular items'])
  })
})
