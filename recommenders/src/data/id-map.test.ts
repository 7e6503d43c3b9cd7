import { expect, test } from 'vitest'
import { IdMap } from './id-map.js'

test('indices follow the ids, not the order of rows', () => {
  const map = new IdMap([30, 5, 100, 5])
  expect(map.ids).toEqual([5, 30, 100])
  expect([map.find(100), map.find(7), map.at(1)]).toEqual([2, undefined, 30])
})

test('text and number ids do not mix', () => {
  expect(() => new IdMap(['1', 1])).toThrow('all text or all numbers')
})
