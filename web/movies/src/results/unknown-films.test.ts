import { expect, test } from 'vitest'
import { isNoneLeft, unknownFilms } from './unknown-films.js'

test('reads the films that a model does not know', () => {
  expect(unknownFilms('history: the model does not know 4')).toEqual({ keys: ['4'], more: 0 })
  expect(unknownFilms('history: the model does not know 4, "a, b" and 43 more')).toEqual({
    keys: ['4', 'a, b'],
    more: 43,
  })
})

test('leaves other notices to be shown as they are', () => {
  expect(unknownFilms('user_id: the model does not know 7')).toBeUndefined()
  expect(unknownFilms('history: the model does not know "a long id that is c')).toBeUndefined()
})

test('knows the notice of an empty list', () => {
  expect(isNoneLeft('no item is left to recommend: all are in the history or excluded.')).toBe(true)
  expect(isNoneLeft('the model scores only 3 items for this request')).toBe(false)
})
