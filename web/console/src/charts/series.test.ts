import { expect, test } from 'vitest'
import type { BucketedRun } from '../api/runs.js'
import { align, joined, placeRuns, positiveOnly, positiveXs, toCurve } from './series.js'
import { clampRange, stepsWithin, zoomByKey } from './zoom.js'

const bucket = (first_step: number, last_step: number, last: number | 'NaN', last_timestamp: number) => ({
  ...{ first_step, last_step, last, last_timestamp },
  ...(last !== 'NaN' && { min: last - 1, max: last + 1 }),
})
const run: BucketedRun = {
  run_id: 'r',
  first_timestamp: 1_000,
  buckets: [bucket(0, 9, 'NaN', 2_000), bucket(10, 19, 2, 4_000), bucket(20, 29, 3, 8_000)],
}

const data = { width: 10, runs: [run] }
const curveOn = (...axis: Parameters<typeof placeRuns> extends [unknown, ...infer Rest] ? Rest : never) =>
  toCurve(placeRuns(data, ...axis)[0]!)

test('converts buckets to a curve over steps, seconds or time, with the range of each', () => {
  expect(curveOn('step')).toEqual({
    xs: [9, 19, 29],
    ys: [Number.NaN, 2, 3],
    lows: [Number.NaN, 1, 2],
    highs: [Number.NaN, 3, 4],
  })
  expect(curveOn('time').xs).toEqual([1, 3, 7])
  expect(curveOn('wall').xs).toEqual([2, 4, 8])
})

test('places points at the latest value of another metric, sorted by it, and leaves out those before its first', () => {
  const other = { run_id: 'r', buckets: [bucket(5, 12, 9, 0), bucket(13, 29, 4, 0)] }
  const { xs, ys } = curveOn('metric', { width: 10, runs: [other] })
  expect([xs, ys]).toEqual([
    [4, 9],
    [3, 2],
  ])
  expect(curveOn('metric', { width: 10, runs: [] }).xs).toEqual([])
})

test('aligns curves to one list of x, with undefined for missing points and null for NaN', () => {
  const aligned = align([
    { xs: [1, 3], ys: [10, Number.NaN], lows: [5, Number.NaN], highs: [15, Number.NaN] },
    { xs: [2, 3], ys: [20, 30] },
  ])
  expect(aligned).toEqual({
    xs: [1, 2, 3],
    lines: [
      [10, undefined, null],
      [undefined, 20, 30],
    ],
    lows: [
      [5, undefined, null],
      [undefined, 20, 30],
    ],
    highs: [
      [15, undefined, null],
      [undefined, 20, 30],
    ],
  })
})

test('puts curves with more x than pixels on one grid and keeps their extremes', () => {
  const curves = Array.from({ length: 100 }, (_, run) => {
    const xs = Array.from({ length: 100 }, (_, i) => i + run / 1000)
    return { xs, ys: xs.map((_, i) => (run === 7 && i === 50 ? 1000 : 1)) }
  })
  const { xs, highs } = align(curves)
  expect(xs.length).toBe(2000)
  expect([xs[0], xs.at(-1)]).toEqual([0, expect.closeTo(99.099)])
  expect(Math.max(...highs[7]!.map((high) => high ?? 0))).toBe(1000)
})

test('joins rows of a table and keeps their extremes', () => {
  const aligned = align([{ xs: [1, 2, 3, 4, 5], ys: [1, 1000, 1, Number.NaN, 2] }])
  expect(joined(aligned, 2)).toEqual({
    xs: [2, 4, 5],
    lines: [[1000, null, 2]],
    lows: [[1, 1, 2]],
    highs: [[1000, 1, 2]],
  })
  expect(joined(aligned, 3).highs).toEqual([[1000, 2]])
})

test('reads the steps of a zoom with one bucket more on both sides', () => {
  expect(stepsWithin([12.3, 14], 10, placeRuns(data, 'step'), 'step')).toEqual([2, 24])
  expect(stepsWithin([2, 4], 10, placeRuns(data, 'time'), 'time')).toEqual([0, 29])
})

test('zooms by keys, within the data', () => {
  const placed = placeRuns(data, 'step')
  expect(zoomByKey('+', [0, 100])).toEqual({ range: [25, 75] })
  expect(zoomByKey('ArrowRight', [0, 100])).toEqual({ range: [25, 125] })
  expect(zoomByKey('0', [0, 100])).toEqual({ range: undefined })
  expect(zoomByKey('x', [0, 100])).toBeUndefined()
  expect(clampRange([-50, 20], placed)).toEqual([9, 20])
  expect(clampRange([-50, 90], placed)).toBeUndefined()
  expect(clampRange([100, 200], placed)).toBeUndefined()
})

test('drops and counts values that a log axis cannot show', () => {
  expect(positiveOnly({ xs: [1, 2, 3], ys: [1, 0, -2] })).toEqual({
    curve: { xs: [1, 2, 3], ys: [1, Number.NaN, Number.NaN] },
    dropped: 2,
  })
  expect(positiveXs({ xs: [0, 1, 2], ys: [5, 6, 7] })).toEqual({
    curve: { xs: [1, 2], ys: [6, 7] },
    dropped: 1,
  })
  expect(positiveXs({ xs: [-1], ys: [5] }).dropped).toBe(1)
})
