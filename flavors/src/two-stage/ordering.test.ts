import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ordering } from './ordering.js'
import { Ranking } from './ranking.js'

const score = fc.oneof(
  fc.float(),
  fc.constantFrom(0, -0, 1, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN),
)

test('orders items by descending score, ties in the given order, without hidden and unscored ones', () => {
  const mostlyZero = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(0, -0) },
    { weight: 1, arbitrary: score },
  )
  const itemsOf = (each: typeof score) =>
    fc.array(fc.record({ score: each, hidden: fc.boolean() }), { minLength: 1, maxLength: 60 })
  const scenario = fc.oneof(itemsOf(score), itemsOf(mostlyZero))
  const shuffled = scenario.chain((items) =>
    fc.tuple(fc.constant(items), fc.shuffledSubarray([...items.keys()], { minLength: items.length })),
  )
  fc.assert(
    fc.property(shuffled, ([items, first]) => {
      const ordering = new Ordering(Int32Array.from(first))
      const scores = Float32Array.from(items, (item) => item.score)
      const hidden = Uint8Array.from(items, (item) => (item.hidden ? 1 : 0))
      const expected = first
        .filter((row) => !hidden[row] && scores[row]! > Number.NEGATIVE_INFINITY)
        .map((row, place) => ({ row, place }))
        .sort((a, b) => {
          const [left, right] = [scores[a.row]!, scores[b.row]!]
          return left === right ? a.place - b.place : left > right ? -1 : 1
        })
      for (let again = 0; again < 2; again++)
        expect([...ordering.order(scores, hidden)]).toEqual(expected.map(({ row }) => row))
      const ranking = new Ranking(Int32Array.from(first))
      ranking.setScores(scores, hidden)
      expect([...ranking.top(7)]).toEqual(expected.slice(0, 7).map(({ row }) => row))
      const some = [...items.keys()].filter((row) => row % 3 > 0)
      const isRanked = (row: number) => expected.some((other) => other.row === row)
      expect([...ranking.ranks(Int32Array.from(some))]).toEqual(
        some.map((row) =>
          isRanked(row) ? expected.filter((other) => scores[other.row]! > scores[row]!).length : Number.NaN,
        ),
      )
    }),
  )
})
