import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import { itemItemModel } from '../testing/item-item-model.js'
import { type FusionMember, FusionScorer } from './scorer.js'
import { FUSION_METHODS, type FusionMethod } from './terms.js'

const ITEMS = 17
const { NEGATIVE_INFINITY: UNSCORED } = Number

/** Leaves every fifth item unscored. */
const withUnscored = ({ scorer }: ReturnType<typeof itemItemModel>): HistoryScorer =>
  changed(scorer, (score, item) => (item % 5 === 1 ? UNSCORED : score))

function changed(scorer: HistoryScorer, change: (score: number, item: number) => number): HistoryScorer {
  return {
    items: scorer.items,
    async score(histories, into) {
      await scorer.score(histories, into)
      for (let at = 0; at < into.length; at++) into[at] = change(into[at]!, at % scorer.items)
    },
  }
}

const member = (name: string, scorer: HistoryScorer, weight = 1): FusionMember => ({ name, scorer, weight })
const one = withUnscored(itemItemModel(ITEMS, 1))
const other = itemItemModel(ITEMS, 2).scorer
const pair = (weight = 1, otherWeight = 1) => [
  member('one', one, weight),
  member('other', other, otherWeight),
]

async function scoresOf(method: FusionMethod, members: readonly FusionMember[], histories: number[][]) {
  const into = new Float32Array(histories.length * ITEMS)
  await new FusionScorer(method, members).score(
    histories.map((history) => Int32Array.from(history)),
    into,
  )
  return into
}

const history = fc.array(fc.nat(ITEMS - 1), { minLength: 1, maxLength: 6 })
const histories = fc.array(history, { minLength: 1, maxLength: 4 })
const weight = fc.double({ min: 0.1, max: 3, noNaN: true })
const method = fc.constantFrom(...FUSION_METHODS)

const expectSame = (got: Float32Array, wanted: Float32Array) => {
  for (const [at, value] of wanted.entries())
    if (value === UNSCORED) expect(got[at]).toBe(UNSCORED)
    else expect(got[at]).toBeCloseTo(value, 4)
}

/** Unseen items by falling score. */
const orderOf = (scores: Float32Array) =>
  [...scores.keys()]
    .filter((item) => scores[item]! > UNSCORED)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)

test('is the weighted sum of z-scores over the unseen items', async () => {
  await fc.assert(
    fc.asyncProperty(history, weight, weight, async (events, a, b) => {
      const zOf = async (scorer: HistoryScorer) => {
        const raw = new Float32Array(ITEMS)
        await scorer.score([Int32Array.from(events)], raw)
        const known = [...raw.keys()].filter((item) => !events.includes(item) && raw[item]! > UNSCORED)
        const values = known.map((item) => raw[item]!)
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        const deviation = Math.sqrt(
          values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
        )
        return (item: number) => (Math.max(raw[item]!, Math.min(...values)) - mean) / deviation
      }
      const [first, second] = [await zOf(one), await zOf(other)]
      const scores = await scoresOf('z-score', pair(a, b), [events])
      for (const [item, score] of scores.entries())
        if (events.includes(item)) expect(score).toBe(UNSCORED)
        else expect(score).toBeCloseTo(a * first(item) + b * second(item), 3)
    }),
  )
})

test('is the weighted sum of 1 / (60 + rank) over the unseen items', async () => {
  await fc.assert(
    fc.asyncProperty(history, weight, weight, async (events, a, b) => {
      const termOf = async (scorer: HistoryScorer) => {
        const raw = new Float32Array(ITEMS)
        await scorer.score([Int32Array.from(events)], raw)
        const known = [...raw.keys()].filter((item) => !events.includes(item) && raw[item]! > UNSCORED)
        return (item: number) =>
          known.includes(item) ? 1 / (61 + known.filter((row) => raw[row]! > raw[item]!).length) : 0
      }
      const [first, second] = [await termOf(one), await termOf(other)]
      const scores = await scoresOf('reciprocal-rank', pair(a, b), [events])
      for (const [item, score] of scores.entries())
        if (events.includes(item)) expect(score).toBe(UNSCORED)
        else expect(score).toBeCloseTo(a * first(item) + b * second(item), 6)
    }),
  )
})

describe.each(FUSION_METHODS)('%s', (way) => {
  test('is invariant to the scale of a member', async () => {
    // Short binary fractions and powers of two, as rounding a scaled score may change its rank
    const exact = changed(one, (score) => Math.round(score * 1024) / 1024)
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(0.125, 0.5, 2, 16), async (all, factor) => {
        const [plain, scaled] = [exact, changed(exact, (score) => factor * score + 7)].map((scorer) =>
          scoresOf(way, [member('one', scorer), member('other', other)], all),
        )
        expectSame(await scaled!, await plain!)
      }),
    )
  })

  test('with one member ranks like that member', async () => {
    await fc.assert(
      fc.asyncProperty(history, weight, async (events, own) => {
        const raw = new Float32Array(ITEMS)
        await other.score([Int32Array.from(events)], raw)
        for (const item of events) raw[item] = UNSCORED
        expect(orderOf(await scoresOf(way, [member('other', other, own)], [events]))).toEqual(orderOf(raw))
      }),
    )
  })

  test('neither calls a member without weight nor scores items that only it scores', async () => {
    const silent: HistoryScorer = {
      items: ITEMS,
      score() {
        throw new Error('must not be called')
      },
    }
    const events = [[3, 4]]
    const scores = await scoresOf(way, [member('one', one), member('silent', silent, 0)], events)
    expectSame(scores, await scoresOf(way, [member('one', one)], events))
    expect(scores[6]).toBe(UNSCORED)
  })
})

test('histories are independent, and the order of members does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(histories, method, weight, async (all, way, own) => {
      const together = await scoresOf(way, pair(own), all)
      expectSame(together, await scoresOf(way, pair(own).reverse(), all))
      for (const [n, events] of all.entries())
        expect(together.subarray(n * ITEMS, (n + 1) * ITEMS)).toEqual(
          await scoresOf(way, pair(own), [events]),
        )
    }),
  )
})

test('a member with equal scores or without scores does not change the order', async () => {
  const flat = changed(other, () => 5)
  const nothing = changed(other, () => UNSCORED)
  for (const way of FUSION_METHODS)
    for (const idle of [flat, nothing]) {
      const scores = await scoresOf(way, [member('other', other), member('idle', idle)], [[2]])
      expect(orderOf(scores)).toEqual(orderOf(await scoresOf(way, [member('other', other)], [[2]])))
    }
})

test.each<[string, readonly FusionMember[], RegExp]>([
  ['no members', [], /at least one member is required/],
  ['members of other items', [member('a', one), member('b', itemItemModel(5).scorer)], /'b' has 5 items/],
  ['a negative weight', [member('a', one, -1)], /the weight of 'a'/],
  ['a weight that is NaN', [member('a', one, Number.NaN)], /the weight of 'a'/],
])('rejects %s', (_, members, message) => {
  expect(() => new FusionScorer('z-score', members)).toThrow(message)
})
