import { expect, test } from 'vitest'
import { flip, selectedIn } from './use-selection.js'

test('forgets the selection of another list', () => {
  const first = flip('all', { list: 'all', ids: new Set() }, 'a')
  expect([...selectedIn('all', first)]).toEqual(['a'])
  expect(selectedIn('errors', first).size).toBe(0)
  const second = flip('errors', first, 'b')
  expect([...second.ids]).toEqual(['b'])
  expect(flip('errors', second, 'b').ids.size).toBe(0)
})
