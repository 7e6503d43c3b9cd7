import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxOf, densityOf } from './box.js'
import { contourLines } from './contour-lines.js'
import { permutationImportance } from './forest.js'
import { histogramOf } from './histogram.js'
import { paretoFront } from './pareto.js'
import { ascending, deviation, quantile } from './quantile.js'
import { randomStream } from './random.js'
import { rankCorrelation, ranks } from './rank-correlation.js'
import { surfaceOf } from './surface.js'

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })

test('quantiles interpolate like NumPy', () => {
  const sorted = ascending([7, 1, Number.NaN, 3, 9])
  expect([0, 0.1, 0.25, 0.5, 1].map((share) => quantile(sorted, share))).toEqual(
    [1, 1.6, 2.5, 5, 9].map((q) => expect.closeTo(q)),
  )
  expect(deviation([2, 4, 6])).toBe(2)
  expect(deviation([2])).toBe(0)
})

test('a box has its quartiles in order, whiskers among the values and all others as outliers', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const { low, q1, median, q3, high, outliers } = boxOf(values)!
      expect([low, q1, median, q3, high].every((one, i, all) => i === 0 || one >= all[i - 1]!)).toBe(true)
      const inside = values.filter((value) => value >= low && value <= high)
      expect(inside.length + outliers.length).toBe(values.length)
    }),
  )
  expect(boxOf([1, 2, 3, 4, 100])!.outliers).toEqual([100])
  expect(boxOf([Number.NaN])).toBeUndefined()
})

test('a density is highest where the values are, and there is none of equal values', () => {
  const density = densityOf([1, 1.1, 0.9, 1, 5])
  const [top] = density.toSorted(([, a], [, b]) => b - a)
  expect(top![0]).toBeCloseTo(1, 0)
  expect(top![1]).toBe(1)
  expect(densityOf([2, 2, 2])).toEqual([])
})

test('bins of a histogram adjoin and hold every value once', () => {
  fc.assert(
    fc.property(numbers, fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }), (values, wanted) => {
      const bins = histogramOf(values, wanted)
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
      for (const [i, { from }] of bins.entries()) if (i > 0) expect(from).toBeCloseTo(bins[i - 1]!.to, 6)
      expect([bins[0]!.from, bins.at(-1)!.to]).toEqual([Math.min(...values), Math.max(...values)])
    }),
  )
  expect(histogramOf([3, 3])).toEqual([{ from: 3, to: 3, count: 2 }])
  expect(histogramOf([])).toEqual([])
})

test('rank correlation sees any monotonic relation, ties share ranks, and a constant has none', () => {
  const xs = [1, 2, 3, 4, 5]
  expect(rankCorrelation(xs, xs.map(Math.exp))).toBeCloseTo(1)
  expect(
    rankCorrelation(
      xs,
      xs.map((x) => -(x ** 3)),
    ),
  ).toBeCloseTo(-1)
  expect(ranks([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1])
  expect(rankCorrelation(xs, [2, 2, 2, 2, 2])).toBeUndefined()
  expect(rankCorrelation([1, 2], [1, 2])).toBeUndefined()
  // scipy.stats.spearmanr([1,2,3,4,5],[5,6,7,8,7]) and with ties on both sides
  expect(rankCorrelation(xs, [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233)
})

test('no point of the Pareto front is beaten, and every other point is', () => {
  const small = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), {
    minLength: 1,
    maxLength: 30,
  })
  const direction = fc.constantFrom<1 | -1>(1, -1)
  fc.assert(
    fc.property(small, direction, direction, (points, ofX, ofY) => {
      const front = paretoFront(
        points.map(([x]) => x),
        points.map(([, y]) => y),
        [ofX, ofY],
      )
      const beats = ([ax, ay]: [number, number], [bx, by]: [number, number]) =>
        ofX * ax >= ofX * bx && ofY * ay >= ofY * by && (ax !== bx || ay !== by)
      for (const [i, point] of points.entries())
        expect(front.includes(i)).toBe(!points.some((other) => beats(other, point)))
    }),
  )
})

test('the importance of a forest finds the parameters that matter, the same each time', async () => {
  const random = randomStream(3)
  const columns = Array.from({ length: 4 }, () => Float64Array.from({ length: 200 }, () => random()))
  const target = Float64Array.from(
    columns[0]!,
    (x, i) => 5 * x + 2 * (columns[2]![i]! > 0.5 ? 1 : 0) + 0.1 * random(),
  )
  const shares = (await permutationImportance({ columns, target }))!
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
  expect(shares[0]).toBeGreaterThan(shares[2]!)
  expect(shares[2]).toBeGreaterThan(0.1)
  expect(Math.max(shares[1]!, shares[3]!)).toBeLessThan(0.05)
  expect(await permutationImportance({ columns, target })).toEqual(shares)
})

test('a surface passes through its points and stays between their values; contours nest', () => {
  const points = [
    { x: 0, y: 0, z: 1 },
    { x: 10, y: 100, z: 5 },
    { x: 10, y: 0, z: 3 },
  ]
  const surface = surfaceOf(points, { low: 0, high: 10 }, { low: 0, high: 100 }, 5)
  expect(surface.values[0]).toBeCloseTo(1, 3)
  expect(surface.values.at(-1)).toBeCloseTo(5, 3)
  expect(surface.values[4]).toBeCloseTo(3, 3)
  for (const value of surface.values) expect(value >= 1 - 1e-9 && value <= 5 + 1e-9).toBe(true)
  const area = (rings: ReturnType<typeof contourLines>[number]['rings']) =>
    Math.abs(
      rings.reduce(
        (sum, ring) =>
          sum +
          ring.reduce(
            (own, [x, y], i) =>
              own + x * ring[(i + 1) % ring.length]![1] - y * ring[(i + 1) % ring.length]![0],
            0,
          ) /
            2,
        0,
      ),
    )
  const areas = contourLines(surface, 6).map(({ rings }) => area(rings))
  expect(areas.length).toBe(6)
  for (const [i, one] of areas.entries()) if (i > 0) expect(one).toBeLessThanOrEqual(areas[i - 1]! + 1e-9)
})
