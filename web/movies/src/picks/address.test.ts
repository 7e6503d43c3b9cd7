import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COUNTS, formatChoices, MOST_PICKS, parseChoices } from './address.js'
import { moved, placeAt } from './order.js'

test('an address is read as it was written', () => {
  const choices = fc.record({
    picks: fc.uniqueArray(fc.oneof(fc.nat().map(String), fc.string({ minLength: 1, unit: 'binary' })), {
      maxLength: 20,
    }),
    count: fc.constantFrom(...COUNTS),
    hidePicked: fc.boolean(),
  })
  fc.assert(
    fc.property(choices, (one) => {
      // A comma inside an id is written like one between ids by some programs that pass links on.
      fc.pre(!one.picks.some((key) => key.includes(',')))
      const search = formatChoices(one)
      expect(parseChoices(search)).toEqual(one)
      expect(new URL(`http://x/movies/${search}`).search).toBe(search)
    }),
  )
})

test('an address says only what was chosen', () => {
  expect(formatChoices({ picks: [], count: 10, hidePicked: true })).toBe('')
  expect(formatChoices({ picks: ['318', '50'], count: 20, hidePicked: false })).toBe(
    '?films=318,50&k=20&seen=show',
  )
})

test('a broken address is read as far as it makes sense', () => {
  expect(parseChoices('?films=1,,1,%E0%A4%A,2&k=7&x&=&seen=maybe')).toEqual({
    picks: ['1', '2'],
    count: 10,
    hidePicked: true,
  })
  expect(parseChoices('films=1%2c2').picks).toEqual(['1', '2'])
  const many = Array.from({ length: 500 }, (_, i) => i).join(',')
  expect(parseChoices(`?films=${many}`).picks).toHaveLength(MOST_PICKS)
})

test('moving keeps every item and puts the one where it was sent', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(), { minLength: 1 }),
      fc.nat(20),
      fc.integer({ min: -3, max: 30 }),
      (list, at, to) => {
        const from = at % list.length
        const result = moved(list, from, to)
        expect([...result].sort()).toEqual([...list].sort())
        expect(result.indexOf(list[from]!)).toBe(Math.min(Math.max(to, 0), list.length - 1))
      },
    ),
  )
  expect(moved([1, 2], 5, 0)).toEqual([1, 2])
})

test('a point belongs to the box around it, else to the nearest', () => {
  const box = (left: number, top: number) => ({ left, top, width: 100, height: 40 })
  const boxes = [box(0, 0), box(110, 0), box(0, 50)]
  expect([
    placeAt(5, 5, boxes),
    placeAt(150, 39, boxes),
    placeAt(300, 20, boxes),
    placeAt(40, 400, boxes),
  ]).toEqual([0, 1, 1, 2])
})
