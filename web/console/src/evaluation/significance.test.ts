import { expect, test } from 'vitest'
import { holm, signFlipP } from './significance.js'

test('is McNemar’s exact test for outcomes of yes and no', () => {
  expect(signFlipP([1, 1, 1, 1, 1, 0, 0])).toBeCloseTo(2 / 32, 10)
  expect(signFlipP([1, 1, 1, -1])).toBeCloseTo(10 / 16, 10)
  // 20 of 25 discordant pairs: scipy.stats.binomtest(20, 25).pvalue
  expect(signFlipP([...Array(20).fill(1), ...Array(5).fill(-1)])).toBeCloseTo(0.00407727, 6)
  expect(signFlipP([0, 0, 0])).toBe(1)
})

test('enumerates the signs of few numbers', () => {
  expect(signFlipP([1, 2, 3])).toBe(2 / 8)
  expect(signFlipP([1, 2, -3])).toBe(1)
})

test('approximates for many numbers', () => {
  const differences = Array.from({ length: 100 }, (_, i) => 0.1 + (i % 2 === 0 ? 1 : -1) * (1 + i / 1000))
  const sum = Math.abs(differences.reduce((total, one) => total + one, 0))
  const z = sum / Math.sqrt(differences.reduce((total, one) => total + one * one, 0))
  expect(signFlipP(differences)).toBeCloseTo(2 * (1 - 0.8272), 1)
  expect(z).toBeGreaterThan(0.9)
})

test('adjusts for several tests', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06])
  expect(holm([0.9, 0.9])).toEqual([1, 1])
})
