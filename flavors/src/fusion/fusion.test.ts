import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import { itemItemModel } from '../testing/item-item-model.js'
import { type FusionMember, FusionScorer } from './scorer.js'
import { FUSION_METHODS, type FusionMethod } from './terms.js'

const ITEMS = 17
const { NEGATIVE_INFINITY: NOTHING } = Number

/** Says nothing of every fifth item. */
const partly = ({ scorer }: ReturnType<typeof itemItemModel>): HistoryScorer =>
  changed(scorer, (score, item) => (item % 5 === 1 ? NOTHING : score))

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
const one = partly(itemItemModel(ITEMS, 1))
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
    if (value === NOTHING) expect(got[at]).toBe(NOTHING)
    else expect(got[at]).toBeCloseTo(value, 4)
}

/** Unseen items by falling score. */
const orderOf = (scores: Float32Array) =>
  [...scores.keys()]
    .filter((item) => scores[item]! > NOTHING)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)

test('is the weighted sum of z-scores over the unseen items', async () => {
  await fc.assert(
    fc.asyncProperty(history, weight, weight, async (events, a, b) => {
      const zOf = async (scorer: HistoryScorer) => {
        const raw = new Float32Array(ITEMS)
        await scorer.score([Int32Array.from(events)], raw)
        const known = [...raw.keys()].filter((item) => !events.includes(item) && raw[item]! > NOTHING)
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
        if (events.includes(item)) expect(score).toBe(NOTHING)
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
        const known = [...raw.keys()].filter((item) => !events.includes(item) && raw[item]! > NOTHING)
        return (item: number) =>
          known.includes(item) ? 1 / (61 + known.filter((row) => raw[row]! > raw[item]!).length) : 0
      }
      const [first, second] = [await termOf(one), await termOf(other)]
      const scores = await scoresOf('reciprocal-rank', pair(a, b), [events])
      for (const [item, score] of scores.entries())
        if (events.includes(item)) expect(score).toBe(NOTHING)
        else expect(score).toBeCloseTo(a * first(item) + b * second(item), 6)
    }),
  )
})

describe.each(FUSION_METHODS)('%s', (way) => {
  test('is not moved by the scale of a member', async () => {
    // Short binary fractions and powers of two, as a score that is rounded when it is scaled may change its rank
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

  test('of one member ranks as that member does', async () => {
    await fc.assert(
      fc.asyncProperty(history, weight, async (events, own) => {
        const raw = new Float32Array(ITEMS)
        await other.score([Int32Array.from(events)], raw)
        for (const item of events) raw[item] = NOTHING
        expect(orderOf(await scoresOf(way, [member('other', other, own)], [events]))).toEqual(orderOf(raw))
      }),
    )
  })

  test('does not ask who has no weight, nor say what only they would', async () => {
    const silent: HistoryScorer = {
      items: ITEMS,
      score() {
        throw new Error('asked')
      },
    }
    const events = [[3, 4]]
    const scores = await scoresOf(way, [member('one', one), member('silent', silent, 0)], events)
    expectSame(scores, await scoresOf(way, [member('one', one)], events))
    expect(scores[6]).toBe(NOTHING)
  })
})

test('histories do not influence each other, nor does the order of members matter', async () => {
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

test('a member that tells no items apart, or says nothing, changes no order', async () => {
  const flat = changed(other, () => 5)
  const nothing = changed(other, () => NOTHING)
  for (const way of FUSION_METHODS)
    for (const idle of [flat, nothing]) {
      const scores = await scoresOf(way, [member('other', other), member('idle', idle)], [[2]])
      expect(orderOf(scores)).toEqual(orderOf(await scoresOf(way, [member('other', other)], [[2]])))
    }
})

test.each<[string, readonly FusionMember[], RegExp]>([
  ['nobody', [], /at least one member is required/],
  ['members of other items', [member('a', one), member('b', itemItemModel(5).scorer)], /'b' has 5 items/],
  ['a weight below nothing', [member('a', one, -1)], /the weight of 'a'/],
  ['a weight that is no number', [member('a', one, Number.NaN)], /the weight of 'a'/],
])('%s: refused', (_, members, message) => {
  expect(() => new FusionScorer('z-score', members)).toThrow(message)
})
