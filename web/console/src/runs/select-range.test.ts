import { expect, test } from 'vitest'
import { selectRange } from './select-range.js'

const shown = ['a', 'b', 'c', 'd', 'e']

test('selects from the anchor to a run in both directions, and keeps what was selected', () => {
  expect(selectRange({ selected: ['e', 'b'], shown, anchor: 'b', id: 'd' })).toEqual(['e', 'b', 'c', 'd'])
  expect(selectRange({ selected: ['d'], shown, anchor: 'd', id: 'b' })).toEqual(['d', 'b', 'c'])
})

test('deselects the range of a run that was selected', () => {
  expect(selectRange({ selected: ['a', 'b', 'c', 'd'], shown, anchor: 'b', id: 'd' })).toEqual(['a'])
})

test('changes one run alone where no anchor is shown', () => {
  expect(selectRange({ selected: ['a'], shown, anchor: undefined, id: 'c' })).toEqual(['a', 'c'])
  expect(selectRange({ selected: ['a', 'c'], shown, anchor: 'filtered', id: 'c' })).toEqual(['a'])
})
