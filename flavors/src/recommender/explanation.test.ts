import { describe, expect, test } from 'vitest'
import { itemItemModel, someItems } from '../testing/item-item-model.js'
import { recommendOne } from '../testing/predict.js'
import { explainByLeaveOneOut } from './explanation.js'
import { HistoryRecommender } from './history-recommender.js'
import type { HistoryScorer } from './history-scorer.js'
import { ItemTable } from './item-table.js'
import type { RecommendRequest } from './recommendation.js'

const ITEMS = 15
const { scorer, score } = itemItemModel(ITEMS, 3)
const items = someItems(ITEMS)
const table = new ItemTable(items)
const ids = (rows: readonly number[]) => rows.map((row) => items.ids[row]!)

/** Counts the histories of each call. */
function countingScorer() {
  const calls: number[] = []
  const buffers: ArrayBufferLike[] = []
  const counting: HistoryScorer = {
    items: ITEMS,
    score(histories, into) {
      calls.push(histories.length)
      buffers.push(into.buffer)
      return scorer.score(histories, into)
    },
  }
  return { calls, buffers, counting }
}

const ask = (history: readonly number[], reasons = true): RecommendRequest => ({
  history: ids(history),
  k: 3,
  filter_seen: true,
  reasons,
})

describe('explainByLeaveOneOut', () => {
  const recommender = new HistoryRecommender({ scorer, table, ...explainByLeaveOneOut() })

  test('names the items whose removal lowers the score most, with the difference', async () => {
    const history = Int32Array.of(1, 2, 3, 2, 4)
    const { recommendations } = await recommendOne(recommender, ask([...history]))
    for (const { item_id, reasons } of recommendations) {
      const row = table.index.find(item_id)!
      const drops = [1, 2, 3, 4].map((item) => {
        const without = history.filter((one) => one !== item)
        return { item_id: items.ids[item], contribution: score(history, row) - score(without, row) }
      })
      const largest = drops.filter((drop) => drop.contribution > 0)
      largest.sort((a, b) => b.contribution - a.contribution)
      const named = largest.slice(0, 3).map((drop) => ({ type: 'influence', ...drop }))
      expect(reasons).toMatchObject(named.length > 0 ? named : [{ type: 'profile' }])
    }
    expect(recommendations.flatMap(({ reasons }) => reasons!).some(({ type }) => type === 'influence')).toBe(
      true,
    )
  })

  test('leaves out the latest items only', async () => {
    const history = Array.from({ length: 10_000 }, (_, i) => i % 9)
    const { calls, counting } = countingScorer()
    const one = new HistoryRecommender({ scorer: counting, table, ...explainByLeaveOneOut(() => 4) })
    const { recommendations } = await recommendOne(one, ask(history))
    expect(calls).toEqual([1 + 4])
    const latest = ids(history.slice(-4))
    const named = recommendations.flatMap(({ reasons }) =>
      reasons!.flatMap((reason) => ('item_id' in reason ? reason.item_id : [])),
    )
    expect(named.length).toBeGreaterThan(0)
    for (const id of named) expect(latest).toContain(id)
  })

  test('attributes the whole score to the only item of a history', async () => {
    const { recommendations } = await recommendOne(recommender, ask([6, 6]))
    expect(recommendations).toHaveLength(3)
    for (const { score: whole, reasons } of recommendations)
      expect(reasons).toMatchObject(
        whole > 0
          ? [{ type: 'influence', item_id: items.ids[6], contribution: whole }]
          : [{ type: 'profile' }],
      )
  })

  test('scores the histories of all requests and their variants in one call', async () => {
    const { calls, counting } = countingScorer()
    const one = new HistoryRecommender({ scorer: counting, table, ...explainByLeaveOneOut() })
    const requests = [ask([1, 2, 3]), ask([4, 5], false), ask([]), ask([6]), ask([7, 8])]
    const answers = await one.recommend(requests)
    expect(calls).toEqual([1 + 3 + 1 + 1 + 1 + 2])
    for (const [n, request] of requests.entries())
      expect(answers[n]).toEqual(await recommendOne(one, request))
  })

  test('scores in several calls what would need too much memory at once', async () => {
    const { calls, buffers, counting } = countingScorer()
    const scoreBytes = 4 * ITEMS * 4 // four histories
    const one = new HistoryRecommender({ scorer: counting, table, scoreBytes, ...explainByLeaveOneOut() })
    expect(one.batchSize).toBe(4)
    const requests = [ask([1, 2]), ask([3], false), ask([4], false), ask([1, 2, 3, 4, 5])]
    const answers = await one.recommend(requests)
    expect(calls).toEqual([3 + 1, 1, 1 + 5])
    await one.recommend(requests)
    const kept = new Set(buffers.filter((_, call) => calls[call]! <= 4))
    expect([kept.size, new Set(buffers).size]).toEqual([1, 3])
    for (const [n, request] of requests.entries())
      expect(answers[n]).toEqual(await recommendOne(recommender, request))
  })
})
