import { expect, test } from 'vitest'
import { differenceOf, rangeAroundZero } from './gate-figures.js'

const aCheck = (figures?: Record<string, unknown>) => ({
  name: 'better',
  passed: true,
  detail: '',
  ...(figures && { figures }),
})

test('returns a difference only if it is complete', () => {
  expect(differenceOf(aCheck({ difference: 0.1, low: 0.05, high: 0.15 }))).toEqual({
    value: 0.1,
    low: 0.05,
    high: 0.15,
  })
  expect(differenceOf(aCheck({ challenger: 'a', champion: 'b' }))).toBeUndefined()
  expect(differenceOf(aCheck())).toBeUndefined()
})

test('centres the range on zero and contains the interval', () => {
  const { low, high } = rangeAroundZero({ value: 0.1, low: -0.02, high: 0.2 })
  expect(low).toBe(-high)
  expect(high).toBeGreaterThan(0.2)
  expect(rangeAroundZero({ value: 0, low: 0, high: 0 })).toEqual({ low: -1, high: 1 })
})
