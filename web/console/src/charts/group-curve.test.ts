import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupCurve, intervalFactor } from './group-curve.js'
import { typicalExtent } from './outliers.js'

const first = { xs: [0, 10, 20], ys: [1, 2, 3], lows: [0, 2, 3], highs: [1, 2, 9] }
const second = { xs: [0, 20], ys: [3, 5] }

test('the mean of runs interpolates between points, and counts runs between their ends only', () => {
  const { xs, ys, lows, highs } = groupCurve([first, second, { xs: [30], ys: [7] }], 'range')
  expect(xs).toEqual([0, 10, 20, 30])
  expect(ys).toEqual([2, 3, 4, 7])
  expect(lows).toEqual([0, 2, 3, 7])
  expect(highs).toEqual([3, 4, 9, 7])
})

test('bands are the standard deviation, or the interval of the mean by Student', () => {
  const runs = [2, 4, 6].map((y) => ({ xs: [0], ys: [y] }))
  expect(groupCurve(runs, 'deviation').highs).toEqual([expect.closeTo(6)])
  expect(groupCurve(runs, 'interval').lows).toEqual([expect.closeTo(4 - (4.303 * 2) / Math.sqrt(3))])
  expect(groupCurve([runs[0]!], 'interval').lows).toEqual([2])
  expect([intervalFactor(2), intervalFactor(31), intervalFactor(500)]).toEqual([12.706, 2.042, 1.96])
})

test('gaps of a run do not hide the others', () => {
  const { ys } = groupCurve(
    [
      { xs: [0, 1], ys: [Number.NaN, 4] },
      { xs: [0, 1], ys: [2, 2] },
    ],
    'range',
  )
  expect(ys).toEqual([2, 3])
  expect(groupCurve([{ xs: [0], ys: [Number.NaN] }], 'range').ys).toEqual([Number.NaN])
})

test('the mean lies within the band, far from zero too', () => {
  const values = fc.array(fc.double({ min: 1e9, max: 1e9 + 1, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(values, fc.constantFrom('range', 'deviation', 'interval'), (ys, band) => {
      const group = groupCurve(
        ys.map((y) => ({ xs: [0], ys: [y] })),
        band,
      )
      expect(group.lows![0]!).toBeLessThanOrEqual(group.ys[0]! + 1e-6)
      expect(group.highs![0]!).toBeGreaterThanOrEqual(group.ys[0]! - 1e-6)
      expect(group.ys[0]!).toBeCloseTo(
        ys.reduce((sum, y) => sum + y / ys.length, 0),
        4,
      )
    }),
  )
})

test('the typical extent ignores a spike, and gaps', () => {
  const line = Array.from({ length: 101 }, (_, i) => (i === 50 ? 1e9 : i === 51 ? null : i))
  expect(typicalExtent({ lines: [line] }, 0, 100)).toEqual({
    min: expect.closeTo(4.95),
    max: expect.closeTo(96.05),
  })
  expect(typicalExtent({ lines: [[undefined, 3, 3]] }, 0, 2)).toBeUndefined()
})
