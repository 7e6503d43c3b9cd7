import { expect, test } from 'vitest'
import { normalStream, randomStream } from './random.js'

test('the same seed produces the same stream, another seed another', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, randomStream(seed))
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})

test('uniform and normal streams have the expected moments', () => {
  const moments = (next: () => number) => {
    const values = Array.from({ length: 100_000 }, next)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length]
  }
  const [uniformMean, uniformVariance] = moments(randomStream(5))
  expect(uniformMean).toBeCloseTo(0.5, 2)
  expect(uniformVariance).toBeCloseTo(1 / 12, 2)
  const [normalMean, normalVariance] = moments(normalStream(5))
  expect(Math.abs(normalMean!)).toBeLessThan(0.02)
  expect(Math.abs(normalVariance! - 1)).toBeLessThan(0.02)
})
