import type { Metric } from '@cairn/platform/protocol/metrics'
import { expect, test } from 'vitest'
import { align, positiveOnly, toCurve } from './series.js'
import { smooth } from './smoothing.js'

test('converts a history to a curve over steps or seconds', () => {
  const history: Metric[] = [
    { key: 'm', value: 2, step: 2, timestamp: 3_000 },
    { key: 'm', value: 'NaN', step: 1, timestamp: 1_000 },
  ]
  expect(toCurve(history, 'step')).toEqual({ xs: [1, 2], ys: [Number.NaN, 2] })
  expect(toCurve(history, 'time').xs).toEqual([0, 2])
})

test('aligns curves to one list of x, with undefined for missing points and null for NaN', () => {
  const aligned = align([
    { xs: [1, 3], ys: [10, Number.NaN] },
    { xs: [2, 3], ys: [20, 30] },
  ])
  expect(aligned).toEqual([
    [1, 2, 3],
    [10, undefined, null],
    [undefined, 20, 30],
  ])
})

test('drops and counts values that a log axis cannot show', () => {
  expect(positiveOnly({ xs: [1, 2, 3], ys: [1, 0, -2] })).toEqual({
    curve: { xs: [1, 2, 3], ys: [1, Number.NaN, Number.NaN] },
    dropped: 2,
  })
})

test('smooths without bias, keeps constants and stays between the extremes', () => {
  const xs = Array.from({ length: 50 }, (_, x) => x)
  expect(
    smooth(
      xs,
      xs.map(() => 3),
      0.9,
    ),
  ).toEqual(xs.map(() => expect.closeTo(3)))
  const zigzag = xs.map((x) => (x % 2 === 0 ? 0 : 1))
  const smoothed = smooth(xs, zigzag, 0.9)
  expect(smoothed[0]).toBe(0)
  for (const y of smoothed.slice(20)) expect(Math.abs(y - 0.5)).toBeLessThan(0.1)
})

test('keeps values with weight 0 and keeps NaN as a gap', () => {
  expect(smooth([1, 2], [5, 7], 0)).toEqual([5, 7])
  const [, gap, after] = smooth([1, 2, 3], [1, Number.NaN, 1], 0.5)
  expect(gap).toBeNaN()
  expect(after).toBeCloseTo(1)
})
