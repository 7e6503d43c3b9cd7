import { expect, test } from 'vitest'
import { bootstrapIntervals, pairedBootstrap } from './bootstrap.js'
import { normalStream } from './random.js'

const sample = (size: number, mean: number, seed: number) => {
  const normal = normalStream(seed)
  return new Float64Array(size).map(() => mean + normal())
}

test('the interval is close to the normal approximation and reproducible by the seed', () => {
  const values = sample(4000, 0, 7)
  const { low, high } = bootstrapIntervals({ values }).values
  const center = values.reduce((a, b) => a + b, 0) / values.length
  expect(low).toBeCloseTo(center - 1.96 / Math.sqrt(4000), 2)
  expect(high).toBeCloseTo(center + 1.96 / Math.sqrt(4000), 2)
  expect(bootstrapIntervals({ values }).values).toEqual({ low, high })
})

test('95 % intervals cover the true mean about 95 % of the time', () => {
  const covered = Array.from({ length: 200 }, (_, seed) => {
    const { low, high } = bootstrapIntervals({ values: sample(60, 3, seed + 1) }, seed).values
    return low <= 3 && 3 <= high
  }).filter(Boolean).length
  expect(covered / 200).toBeGreaterThan(0.88)
  expect(covered / 200).toBeLessThan(0.99)
})

test('the paired test detects a small steady gain that the separate intervals hide', () => {
  const champion = sample(500, 0, 3)
  const challenger = champion.map((value) => value + 0.02)
  const separate = bootstrapIntervals({ champion, challenger })
  expect(separate.challenger.low).toBeLessThan(separate.champion.high)
  const { difference, interval, p_value } = pairedBootstrap(champion, challenger)
  expect(difference).toBeCloseTo(0.02, 10)
  expect(interval.low).toBeGreaterThan(0)
  expect(p_value).toBeLessThan(0.01)
})

test('finds no difference between equal models', () => {
  const values = sample(100, 0, 1)
  expect(pairedBootstrap(values, values)).toEqual({
    difference: 0,
    interval: { low: 0, high: 0 },
    p_value: 1,
  })
  expect(pairedBootstrap(sample(300, 0, 1), sample(300, 0, 2)).p_value).toBeGreaterThan(0.05)
})

test('rejects different numbers of users', () => {
  expect(() => pairedBootstrap(new Float64Array(2), new Float64Array(3))).toThrow(
    'cannot pair 2 users with 3',
  )
})
