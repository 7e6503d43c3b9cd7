import { expect, test } from 'vitest'
import { batchesOf, MAX_RUNS } from './batches.js'

test('splits items into batches of at most a size', () => {
  expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(batchesOf([1, 2], 2)).toEqual([[1, 2]])
  expect(batchesOf([])).toEqual([])
  expect(batchesOf(Array(MAX_RUNS + 1).fill('a')).map(({ length }) => length)).toEqual([MAX_RUNS, 1])
})
