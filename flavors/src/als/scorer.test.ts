import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anAlsModel } from '../testing/als-model.js'
import { AlsRecommender } from './recommender.js'
import { AlsScorer } from './scorer.js'

const history = fc.array(fc.nat(19), { minLength: 1, maxLength: 9 })

test('scores match those of the recommender, and contributions add up to them', () => {
  fc.assert(
    fc.property(fc.array(history, { minLength: 1, maxLength: 3 }), fc.nat(1000), (histories, seed) => {
      const model = anAlsModel({ items: 20, seed })
      const scorer = new AlsScorer(model)
      const into = new Float32Array(histories.length * 20)
      scorer.score(
        histories.map((one) => Int32Array.from(one)),
        into,
      )
      const recommender = new AlsRecommender(model)
      for (const [n, one] of histories.entries()) {
        const ids = one.map((row) => model.items.ids[row]!)
        const [answer] = recommender.recommend([{ history: ids, k: 20, filter_seen: false }])
        for (const { item_id, score } of answer!.recommendations) {
          const row = model.items.ids.indexOf(item_id)
          expect(into[n * 20 + row]).toBeCloseTo(score, 4)
          const parts = scorer.contributions(Int32Array.from(one))(row)
          expect(parts).toHaveLength(one.length)
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 6)
        }
      }
    }),
    { numRuns: 30 },
  )
})
