import { expect, test } from 'vitest'
import { sparklinePath, summaryOf } from './sparkline.js'

test('draws between the edges, with gaps for what is not finite', () => {
  expect(sparklinePath([0, 1, 0.5], 10, 4)).toBe('M0.0 4.0L5.0 0.0L10.0 2.0')
  expect(sparklinePath([0, Number.NaN, 1.7976931348623157e308, 1], 9, 4)).toBe('M0.0 4.0M9.0 0.0')
  expect(sparklinePath([2, 2], 10, 4)).toBe('M0.0 2.0L10.0 2.0')
  expect([sparklinePath([], 1, 1), sparklinePath([1], 1, 1)]).toEqual(['', ''])
})

test('keeps the spike of a bucket in the range of all steps, and in the line', () => {
  const at = { first_step: 0, last_step: 1, last_timestamp: 0 }
  const buckets = [
    { ...at, min: 1, max: 1000, last: 1 },
    { ...at, last: 'NaN' as const },
  ]
  expect(summaryOf({ buckets })).toEqual({
    min: 1,
    max: 1000,
    values: [1000, 1, 1, ...Array(3).fill(Number.NaN)],
  })
  const single = [1, 2].map((value) => ({ ...at, min: value, max: value, last: value }))
  expect(summaryOf({ buckets: single }).values).toEqual([1, 2])
  const falling = [5, 3].map((value) => ({ ...at, min: value - 2, max: value, last: value - 2 }))
  expect(summaryOf({ buckets: falling }).values).toEqual([5, 3, 3, 3, 1, 1])
  const rising = [1, 3].map((value) => ({ ...at, min: value, max: value + 2, last: value + 2 }))
  expect(summaryOf({ buckets: rising }).values).toEqual([1, 3, 3, 3, 5, 5])
  expect(summaryOf({ buckets: [] })).toEqual({ min: undefined, max: undefined, values: [] })
})
