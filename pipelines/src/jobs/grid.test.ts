import { expect, test } from 'vitest'
import { pageSizeFor } from './grid.js'

test.each([
  [[], 0],
  [[1, 2, 3], 3],
  [[20_000, 1], 1],
  [[1, 20_000, 1], 1],
  [[4_000, 6_000, 1], 2],
])('of runs with %j tasks, a page has room for %i', (tasks, count) => {
  expect(pageSizeFor(tasks)).toBe(count)
})
