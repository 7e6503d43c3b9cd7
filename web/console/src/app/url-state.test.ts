import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keep, listToText, parseState, stringifyState, textToList } from './url-state.js'

test('round-trips page state through the URL', () => {
  const states = fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string({ minLength: 1 }))
  fc.assert(
    fc.property(states, (state) => {
      expect(parseState(stringifyState(state))).toEqual({ ...state })
    }),
  )
})

test('round-trips lists with commas and percent signs in items', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), (items) => {
      expect(textToList(listToText(items))).toEqual(items)
    }),
  )
})

test('omits empty values from the URL', () => {
  expect(stringifyState({ filter: '', order: undefined })).toBe('')
  expect(stringifyState({ filter: "status = 'A'", selected: 'a,b' })).toBe(
    '?filter=status+%3D+%27A%27&selected=a,b',
  )
})

test('keeps only the keys of the page', () => {
  expect(keep('filter', 'order')({ filter: 'x', order: '', other: 'y' })).toEqual({ filter: 'x' })
})
