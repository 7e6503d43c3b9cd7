import { expect, test } from 'vitest'
import { flipIn, selectedIn } from './use-selection.js'

test('forgets the selection of another list', () => {
  const first = flipIn('all', { list: 'all', ids: new Set() }, 'a')
  expect([...selectedIn('all', first)]).toEqual(['a'])
  expect(selectedIn('errors', first).size).toBe(0)
  const second = flipIn('errors', first, 'b')
  expect([...second.ids]).toEqual(['b'])
  expect(flipIn('errors', second, 'b').ids.size).toBe(0)
})
