import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COUNTS, formatChoices, MAX_PICKS, parseChoices } from './address.js'
import { boxIndexAt, moveItem } from './order.js'

test('round-trips choices through the URL', () => {
  const choices = fc.record({
    picks: fc.uniqueArray(fc.oneof(fc.nat().map(String), fc.string({ minLength: 1, unit: 'binary' })), {
      maxLength: 20,
    }),
    count: fc.constantFrom(...COUNTS),
    hidePicked: fc.boolean(),
  })
  fc.assert(
    fc.property(choices, (choice) => {
      // Some programs decode %2C in links, so a comma inside an id cannot be told from a separator.
      fc.pre(!choice.picks.some((key) => key.includes(',')))
      const search = formatChoices(choice)
      expect(parseChoices(search)).toEqual(choice)
      expect(new URL(`http://x/movies/${search}`).search).toBe(search)
    }),
  )
})

test('omits default choices from the URL', () => {
  expect(formatChoices({ picks: [], count: 10, hidePicked: true })).toBe('')
  expect(formatChoices({ picks: ['318', '50'], count: 20, hidePicked: false })).toBe(
    '?films=318,50&k=20&seen=show',
  )
})

test('ignores invalid parts of a URL', () => {
  expect(parseChoices('?films=1,,1,%E0%A4%A,2&k=7&x&=&seen=maybe')).toEqual({
    picks: ['1', '2'],
    count: 10,
    hidePicked: true,
  })
  expect(parseChoices('films=1%2c2').picks).toEqual(['1', '2'])
  const many = Array.from({ length: 500 }, (_, i) => i).join(',')
  const { picks } = parseChoices(`?films=${many}`)
  expect([picks.length, picks.at(-1)]).toEqual([MAX_PICKS, '499'])
})

test('moves an item to its target and keeps all items', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(), { minLength: 1 }),
      fc.nat(20),
      fc.integer({ min: -3, max: 30 }),
      (list, at, to) => {
        const from = at % list.length
        const result = moveItem(list, from, to)
        expect([...result].sort()).toEqual([...list].sort())
        expect(result.indexOf(list[from]!)).toBe(Math.min(Math.max(to, 0), list.length - 1))
      },
    ),
  )
  expect(moveItem([1, 2], 5, 0)).toEqual([1, 2])
})

test('finds the box around a point, else the nearest one', () => {
  const box = (left: number, top: number) => ({ left, top, width: 100, height: 40 })
  const boxes = [box(0, 0), box(110, 0), box(0, 50)]
  expect([
    boxIndexAt(5, 5, boxes),
    boxIndexAt(150, 39, boxes),
    boxIndexAt(300, 20, boxes),
    boxIndexAt(40, 400, boxes),
  ]).toEqual([0, 1, 1, 2])
})
