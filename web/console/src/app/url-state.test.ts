import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keep, listToText, parseState, stringifyState, textToList } from './url-state.js'

test('the address gives back what was put into it', () => {
  const states = fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string({ minLength: 1 }))
  fc.assert(
    fc.property(states, (state) => {
      expect(parseState(stringifyState(state))).toEqual({ ...state })
    }),
  )
})

test('lists survive commas and percent signs in their items', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), (items) => {
      expect(textToList(listToText(items))).toEqual(items)
    }),
  )
})

test('what is empty leaves no trace in the address', () => {
  expect(stringifyState({ filter: '', order: undefined })).toBe('')
  expect(stringifyState({ filter: "status = 'A'", selected: 'a,b' })).toBe(
    '?filter=status+%3D+%27A%27&selected=a,b',
  )
})

test('a page keeps only its own keys', () => {
  expect(keep('filter', 'order')({ filter: 'x', order: '', other: 'y' })).toEqual({ filter: 'x' })
})
