import { expect, test } from 'vitest'
import { IdMap } from './id-map.js'

test('assigns indices by ascending id, for any order of rows', () => {
  const map = new IdMap([30, 5, 100, 5])
  expect(map.ids).toEqual([5, 30, 100])
  expect([map.find(100), map.find(7), map.at(1)]).toEqual([2, undefined, 30])
})

test('rejects a mixture of strings and numbers', () => {
  expect(() => new IdMap(['1', 1])).toThrow('all strings or all numbers')
})
