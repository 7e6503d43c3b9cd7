import { describe, expect, test } from 'vitest'
import { comparePairs, compareSamples, meanInterval, type Sample } from './compare.js'
import { normalPValue, studentPValue, studentQuantile } from './distributions.js'

function sampleOf(values: readonly number[]): Sample {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    count: values.length,
    mean,
    variance: values.length > 1 ? squares / (values.length - 1) : 0,
    binary: values.every((value) => value === 0 || value === 1),
  }
}
const binary = (ones: number, count: number) =>
  sampleOf(Array.from({ length: count }, (_, at) => Number(at < ones)))

test('distributions have their tabulated values', () => {
  expect(normalPValue(1.959963985)).toBeCloseTo(0.05, 6)
  expect(normalPValue(-3)).toBeCloseTo(0.002699796, 6)
  expect(normalPValue(0)).toBe(1)
  expect(studentPValue(2.228138852, 10)).toBeCloseTo(0.05, 8)
  expect(studentPValue(12.70620474, 1)).toBeCloseTo(0.05, 8)
  expect(studentPValue(1, 1)).toBeCloseTo(0.5, 10)
  expect(studentPValue(1e6, 3)).toBeLessThan(1e-15)
  expect(studentQuantile(0.05, 4.5)).toBeCloseTo(2.659, 2)
  expect(studentQuantile(0.05, 30)).toBeCloseTo(2.042272456, 7)
})

describe('intervals of a mean', () => {
  test("are Wilson's for 0 and 1, and stay between 0 and 1", () => {
    expect(meanInterval(binary(8, 10))).toEqual({
      low: expect.closeTo(0.49016, 4),
      high: expect.closeTo(0.94332, 4),
    })
    expect(meanInterval(binary(0, 10))).toEqual({ low: 0, high: expect.closeTo(0.27753, 4) })
    expect(meanInterval(binary(1, 1))!.high).toBe(1)
  })

  test("are Student's for other numbers, and absent for a single one", () => {
    const { low, high } = meanInterval(sampleOf([2, 4, 6, 8]))!
    expect([low, high]).toEqual([expect.closeTo(0.89148, 5), expect.closeTo(9.10852, 5)])
    expect(meanInterval(sampleOf([3]))).toBeUndefined()
  })
})

describe('differences', () => {
  test('of proportions have the interval of Newcombe', () => {
    const { difference, interval, p_value, test } = compareSamples(binary(48, 80), binary(56, 70))!
    expect(test).toBe('two_proportions')
    expect(difference).toBeCloseTo(0.2, 12)
    // Newcombe (1998), example (a) reversed: 56/70 − 48/80
    expect([interval.low, interval.high]).toEqual([expect.closeTo(0.0524, 4), expect.closeTo(0.3339, 4)])
    expect(p_value).toBeCloseTo(0.0084, 3)
    expect(compareSamples(binary(5, 5), binary(5, 5))!.p_value).toBe(1)
  })

  test("of other numbers are tested with Welch's test", () => {
    const a = sampleOf([
      27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4,
    ])
    const b = sampleOf([
      27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.9,
    ])
    const { p_value, difference, test } = compareSamples(a, b)!
    expect([test, difference]).toEqual(['welch', expect.closeTo(b.mean - a.mean, 12)])
    expect(p_value).toBeLessThan(0.02)
    expect(compareSamples(sampleOf([2]), b)).toBeUndefined()
    expect(compareSamples(sampleOf([2, 2]), sampleOf([2, 2]))).toMatchObject({ difference: 0, p_value: 1 })
    expect(compareSamples(sampleOf([2, 2]), sampleOf([3, 3]))).toMatchObject({ difference: 1, p_value: 0 })
  })

  test('of pairs detect what differs within each pair', () => {
    const paired = comparePairs(sampleOf([1, 1.5, 0.5, 1, 1.25]))!
    expect(paired).toMatchObject({ test: 'paired', difference: 1.05 })
    expect(paired.p_value).toBeLessThan(0.01)
    expect(comparePairs(sampleOf([1]))).toBeUndefined()
  })
})
