import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SMOOTHING_KINDS, smooth } from './smoothing.js'

const xs = Array.from({ length: 50 }, (_, x) => x)

describe.each(SMOOTHING_KINDS)('%s smoothing', (kind) => {
  test('stays between the extremes, keeps constants and NaN, and changes nothing with weight 0', () => {
    const points = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
      {
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(points, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.nat(), (drawn, weight, gap) => {
        const sorted = drawn.toSorted(([a], [b]) => a - b)
        const at = sorted.map(([x]) => x)
        const ys = sorted.map(([, y], i) => (i === gap % (2 * sorted.length) ? Number.NaN : y))
        const known = ys.filter(Number.isFinite)
        const smoothed = smooth(at, ys, { kind, weight })
        expect(smoothed.map(Number.isNaN)).toEqual(ys.map(Number.isNaN))
        const slack = 1e-6 * Math.max(1, ...known.map(Math.abs))
        for (const y of smoothed.filter(Number.isFinite)) {
          expect(y).toBeGreaterThanOrEqual(Math.min(...known) - slack)
          expect(y).toBeLessThanOrEqual(Math.max(...known) + slack)
        }
      }),
    )
    const constant = xs.map(() => 3)
    expect(smooth(xs, constant, { kind, weight: 0.9 })).toEqual(constant.map(() => expect.closeTo(3)))
    expect(smooth([1, 2], [5, 7], { kind, weight: 0 })).toEqual([5, 7])
  })

  test('evens out a zigzag', () => {
    const zigzag = xs.map((x) => (x % 2 === 0 ? 0 : 1))
    const smoothed = smooth(xs, zigzag, { kind, weight: 0.95 })
    for (const y of smoothed.slice(20, 40)) expect(Math.abs(y - 0.5)).toBeLessThan(0.1)
  })
})

test('the exponential average has no bias at its start', () => {
  expect(
    smooth(
      xs,
      xs.map((x) => (x === 0 ? 4 : 9)),
      { kind: 'ema', weight: 0.99 },
    )[0],
  ).toBe(4)
})

test('the running mean equals that of the points within the window', () => {
  const ys = xs.map((x) => x ** 2)
  const half = 0.8 ** 2 * 0.15 * 49
  const smoothed = smooth(xs, ys, { kind: 'mean', weight: 0.8 })
  for (const [i, y] of smoothed.entries()) {
    const near = ys.filter((_, other) => Math.abs(xs[other]! - xs[i]!) <= half)
    expect(y).toBeCloseTo(near.reduce((sum, one) => sum + one, 0) / near.length, 6)
  }
})
