import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemItemModel, someItems } from '../testing/item-item-model.js'
import { explainByContribution, explainByLastItem, explainByLeaveOneOut } from './explanation.js'
import { HistoryRecommender } from './history-recommender.js'
import type { HistoryScorer } from './history-scorer.js'
import { ItemTable } from './item-table.js'
import { parseRequest } from './recommendation.js'
import { UserTable } from './user-histories.js'

const scenario = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  items: fc.integer({ min: 1, max: 30 }),
  history: fc.array(fc.nat(29), { minLength: 1, maxLength: 12 }),
  k: fc.integer({ min: 1, max: 40 }),
  filterSeen: fc.boolean(),
})

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
  test('returns the same as a full sort, with the largest contribution as the reason', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, items: count, history, k, filterSeen }) => {
        const items = someItems(count, seed)
        const { scorer, score, contributions } = itemItemModel(count, seed)
        const table = new ItemTable(items)
        const recommender = new HistoryRecommender({
          scorer,
          table,
          explain: explainByContribution(contributions),
        })
        const rows = Int32Array.from(history.filter((row) => row < count))
        fc.pre(rows.length > 0)
        const ids = Array.from(rows, (row) => items.ids[row]!)
        const answer = await recommender.recommend({ history: ids, k, filter_seen: filterSeen })
        const scores = items.ids.map((_, row) => score(rows, row))
        const wanted = bestRows(scores, items.ids, filterSeen ? [...rows] : [], k)
        expect(answer.recommendations.map((one) => table.index.find(one.item_id))).toEqual(wanted)
        expect(answer.recommendations.map((one) => one.score)).toEqual(wanted.map((row) => scores[row]))
        for (const [place, { reason }] of answer.recommendations.entries()) {
          const parts = contributions(rows, wanted[place]!)
          const sums = new Map([...rows].map((one) => [items.ids[one]!, 0]))
          for (const [at, part] of parts.entries())
            sums.set(items.ids[rows[at]!]!, sums.get(items.ids[rows[at]!]!)! + part)
          const most = Math.max(...sums.values())
          if (most <= 0) expect(reason).toEqual({ type: 'profile' })
          else expect(reason).toMatchObject({ type: 'history', contribution: most })
          if (reason.type === 'history') expect(sums.get(reason.item_id)).toBe(most)
        }
      }),
      { numRuns: 200 },
    )
  })

  const items = someItems(20)
  const table = new ItemTable(items)
  const model = itemItemModel(20)
  const explain = explainByContribution(model.contributions)
  const recommender = new HistoryRecommender({ scorer: model.scorer, table, explain })
  const ids = (...rows: number[]) => rows.map((row) => items.ids[row]!)

  test('passes order and repeats to the scorer', async () => {
    const ask = async (...rows: number[]) =>
      (await recommender.recommend({ history: ids(...rows), k: 20, filter_seen: false })).recommendations.map(
        ({ score, item_id }) => [table.index.find(item_id), score],
      )
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
    const answer = await recommender.recommend({
      history: [999_999, ...ids(3), 'x'],
      k: 2,
      filter_seen: true,
    })
    expect(answer.source).toBe('history')
    expect(answer.notices).toEqual(['history: the model does not know 999999, "x"'])
  })

  test('returns fewer than k only when all items are exhausted', async () => {
    const answer = await recommender.recommend({ history: ids(3, 4), k: 1000, filter_seen: true })
    expect(answer.recommendations).toHaveLength(18)
  })

  test('accepts the longest allowed history', async () => {
    const history = Array.from({ length: 10_000 }, (_, i) => items.ids[i % 19]!)
    const answer = await recommender.recommend(parseRequest({ history, k: 5 }))
    expect(answer.recommendations.map((one) => one.item_id)).toEqual([items.ids[19]])
  })

  test('never recommends unscored items, and orders ties by id', async () => {
    const scorer: HistoryScorer = {
      items: 20,
      score: (_, into) => void into.fill(Number.NEGATIVE_INFINITY).fill(0.5, 4, 9).fill(Number.NaN, 6, 7),
    }
    const one = new HistoryRecommender({ scorer, table, explain: explainByLastItem })
    const { recommendations, notices } = await one.recommend({ history: ids(4), k: 10, filter_seen: true })
    expect(notices).toEqual(['the model scores only 3 items for this request'])
    const wanted = ids(5, 7, 8).sort((a, b) => Number(a) - Number(b))
    expect(recommendations.map((each) => each.item_id)).toEqual(wanted)
    expect(recommendations[0]!.reason).toEqual({
      type: 'recent',
      item_id: items.ids[4],
      title: items.titles![4],
    })
  })

  test('falls back to popular items when the model scores none', async () => {
    const scorer: HistoryScorer = { items: 20, score: (_, into) => void into.fill(Number.NEGATIVE_INFINITY) }
    const one = new HistoryRecommender({ scorer, table, explain: explainByLastItem })
    const answer = await one.recommend({ history: ids(4), k: 3, filter_seen: true })
    expect(answer.source).toBe('popularity')
    expect(answer.recommendations).toHaveLength(3)
    const all = await one.recommend({ history: [...items.ids], k: 3, filter_seen: true })
    expect(all).toMatchObject({ recommendations: [], source: 'history', notices: [] })
  })

  test('handles concurrent requests like sequential ones', async () => {
    const requests = Array.from({ length: 20 }, (_, row) => ({ history: ids(row), k: 3, filter_seen: true }))
    const together = await Promise.all(requests.map((request) => recommender.recommend(request)))
    for (const [at, request] of requests.entries())
      expect(await recommender.recommend(request)).toEqual(together[at])
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
    await expect(one.recommend(request)).rejects.toThrow('broken')
    expect((await one.recommend(request)).recommendations).toHaveLength(3)
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
    explain: explainByContribution(contributions),
  })

  test('uses their stored history', async () => {
    const { notices, ...answer } = await recommender.recommend({ user_id: 'ann', k: 4, filter_seen: true })
    const history = [5, 1, 7].map((row) => items.ids[row]!)
    const same = await recommender.recommend({ history, k: 4, filter_seen: true })
    expect([answer, notices]).toEqual([{ recommendations: same.recommendations, source: 'user' }, []])
  })

  test('prefers the request history, and hides their seen items', async () => {
    const request = { user_id: 'ann', history: [items.ids[2]!], k: 12, filter_seen: true }
    const answer = await recommender.recommend(request)
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
    const answer = await recommender.recommend({ ...who, k: 3, filter_seen: true })
    const wanted = bestRows([...items.popularity], items.ids, [], 3)
    expect(answer.recommendations.map((one) => table.index.find(one.item_id))).toEqual(wanted)
    expect(answer.recommendations[0]!.reason).toEqual({ type: 'popularity' })
    expect(answer.source).toBe('popularity')
    expect(answer.notices).toEqual([...notices, 'without a usable history these are the most popular items'])
  })
})

describe('explainByLeaveOneOut', () => {
  const { scorer, score } = itemItemModel(15, 3)
  const rows = [11, 12, 13]
  const scoresOf = (history: Int32Array) => Array.from({ length: 15 }, (_, row) => score(history, row))

  test('names the item whose removal lowers the score most, with the difference', async () => {
    const history = Int32Array.of(1, 2, 3, 2, 4)
    const reasons = await explainByLeaveOneOut(scorer)({ history, rows, scores: scoresOf(history) })
    for (const [place, because] of reasons.entries()) {
      const drops = [1, 2, 3, 4].map(
        (item) =>
          score(history, rows[place]!) -
          score(
            history.filter((one) => one !== item),
            rows[place]!,
          ),
      )
      const most = Math.max(...drops)
      expect(because).toEqual(
        most > 0
          ? { type: 'influence', row: drops.indexOf(most) + 1, contribution: most }
          : { type: 'profile' },
      )
    }
    expect(reasons.some(({ type }) => type === 'influence')).toBe(true)
  })

  test('scores without the latest items only, in one batch', async () => {
    const batches: number[] = []
    const counting: HistoryScorer = {
      items: 15,
      score(histories, into) {
        batches.push(histories.length)
        return scorer.score(histories, into)
      },
    }
    const history = Int32Array.from({ length: 10_000 }, (_, i) => i % 9)
    const scores = scoresOf(history)
    const reasons = await explainByLeaveOneOut(counting, () => 4)({ history, rows, scores })
    expect(batches).toEqual([4])
    const latest = [...history.slice(-4)]
    for (const one of reasons) if ('row' in one) expect(latest).toContain(one.row)
  })

  test('attributes the whole score to the only item of a history', async () => {
    const history = Int32Array.of(6, 6)
    const scores = Array.from({ length: 15 }, () => 0.25)
    const reasons = await explainByLeaveOneOut(scorer)({ history, rows, scores })
    expect(reasons).toEqual(rows.map(() => ({ type: 'influence', row: 6, contribution: 0.25 })))
  })
})
