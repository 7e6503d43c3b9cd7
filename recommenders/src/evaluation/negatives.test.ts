import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildInteractions } from '../data/interactions.js'
import { withNegatives } from './negatives.js'

const ITEMS = 30

/** Users with the given histories in a catalogue of 30 items, each with item 29 as the target. */
function createQueries(histories: readonly (readonly number[])[]) {
  const rows = [...histories, Array.from({ length: ITEMS }, (_, item) => item)]
  const events = buildInteractions(
    { users: rows.flatMap((items, user) => items.map(() => user)), items: rows.flat() },
    'row',
  )
  const users = Int32Array.from(histories, (_, user) => user)
  const targets = {
    users,
    offsets: Int32Array.from({ length: users.length + 1 }, (_, n) => n),
    items: users.map(() => ITEMS - 1),
  }
  return { events, targets }
}

const history = fc.uniqueArray(fc.nat(ITEMS - 2), { minLength: 1, maxLength: 25 })
const weights = fc.array(fc.constantFrom(0, 1, 50), { minLength: ITEMS, maxLength: ITEMS })
const listOf = ({ offsets, items }: ReturnType<typeof withNegatives>, n: number) => [
  ...items.subarray(offsets[n], offsets[n + 1]),
]

test('draws distinct unseen items of positive weight, up to the number available', () => {
  fc.assert(
    fc.property(fc.array(history, { minLength: 1, maxLength: 5 }), weights, (histories, weights) => {
      const { events, targets } = createQueries(histories)
      const lists = withNegatives(events, targets, weights, { negatives: 8, seed: 1 })
      histories.forEach((seen, n) => {
        const [target, ...negatives] = listOf(lists, n)
        const possible = weights.flatMap((weight, item) =>
          weight > 0 && item !== ITEMS - 1 && !seen.includes(item) ? [item] : [],
        )
        expect(target).toBe(ITEMS - 1)
        expect(new Set(negatives).size).toBe(negatives.length)
        expect(negatives.length).toBe(Math.min(8, possible.length))
        for (const item of negatives) expect(possible).toContain(item)
      })
    }),
  )
})

test("draws a user's negatives independently of other users, and anew for another seed", () => {
  const { events, targets } = createQueries([[1], [2], [3]])
  const ones = new Uint8Array(ITEMS).fill(1)
  const all = withNegatives(events, targets, ones, { negatives: 8, seed: 1 })
  const alone = { users: Int32Array.of(2), offsets: Int32Array.of(0, 1), items: Int32Array.of(ITEMS - 1) }
  expect(listOf(withNegatives(events, alone, ones, { negatives: 8, seed: 1 }), 0)).toEqual(listOf(all, 2))
  expect(listOf(withNegatives(events, alone, ones, { negatives: 8, seed: 2 }), 0)).not.toEqual(listOf(all, 2))
})

test('draws items in proportion to their weights', () => {
  const { events, targets } = createQueries(Array.from({ length: 4000 }, () => [0]))
  const weights = Array.from({ length: ITEMS }, (_, item) => (item < 10 ? 3 : 1))
  const drawn = withNegatives(events, targets, weights, { negatives: 1, seed: 1 })
  const popular = [...drawn.items].filter((item) => item < 10).length
  expect(popular / 4000).toBeCloseTo((9 * 3) / (9 * 3 + 19), 1)
})
