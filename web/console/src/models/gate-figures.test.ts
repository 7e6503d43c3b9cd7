import { expect, test } from 'vitest'
import { differenceOf, rangeAroundZero } from './gate-figures.js'

const aCheck = (figures?: Record<string, unknown>) => ({
  name: 'better',
  passed: true,
  detail: '',
  ...(figures && { figures }),
})

test('a difference is drawn only where all of it is given', () => {
  expect(differenceOf(aCheck({ difference: 0.1, low: 0.05, high: 0.15 }))).toEqual({
    value: 0.1,
    low: 0.05,
    high: 0.15,
  })
  expect(differenceOf(aCheck({ challenger: 'a', champion: 'b' }))).toBeUndefined()
  expect(differenceOf(aCheck())).toBeUndefined()
})

test('zero is in the middle and the whole interval in sight', () => {
  const { low, high } = rangeAroundZero({ value: 0.1, low: -0.02, high: 0.2 })
  expect(low).toBe(-high)
  expect(high).toBeGreaterThan(0.2)
  expect(rangeAroundZero({ value: 0, low: 0, high: 0 })).toEqual({ low: -1, high: 1 })
})
