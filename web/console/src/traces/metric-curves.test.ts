import { expect, test } from 'vitest'
import { bucketSeconds, curveOf, totalOf } from './metric-curves.js'

test('covers any time with about 60 round intervals', () => {
  expect([60_000, 3_600_000, 86_400_000, 30 * 86_400_000, 3_650 * 86_400_000].map(bucketSeconds)).toEqual([
    1, 60, 1_800, 43_200, 5_270_400,
  ])
})

test('draws zero where nothing was counted, and only values of other measures', () => {
  const point = (second: number, COUNT: number) => ({
    metric_name: 'm',
    dimensions: { time_bucket: new Date(second * 1000).toISOString() },
    values: { COUNT },
  })
  const points = [point(30, 3), point(10, 1)]
  expect(curveOf(points, 'COUNT', { from: 0, to: 35, interval: 10 })).toEqual({
    xs: [0, 10, 20, 30],
    ys: [0, 1, 0, 3],
  })
  expect(curveOf(points, 'COUNT')).toEqual({ xs: [10, 30], ys: [1, 3] })
  expect([totalOf(points, 'COUNT'), curveOf([], 'COUNT', { from: 0, to: 9, interval: 1 }).xs]).toEqual([
    4,
    [],
  ])
})
