import { expect, test } from 'vitest'
import { infinitePoints } from './infinite-marks.js'
import { align, placeRuns, toCurve } from './series.js'
import { extent } from './value-ranges.js'

const bucket = (step: number, last: number, min = last, max = last) => ({
  ...{ first_step: step, last_step: step, last_timestamp: 0, last, min, max },
})

test('infinite values are marked, and do not change the range of the others', () => {
  const buckets = [
    bucket(0, 3),
    bucket(1, Number.MAX_VALUE),
    bucket(2, -Number.MAX_VALUE),
    bucket(3, 1, 1, Number.MAX_VALUE),
  ]
  const curve = toCurve(placeRuns({ width: 1, runs: [{ run_id: 'r', buckets }] }, 'step')[0]!)
  expect(curve.ys).toEqual([3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])
  expect(extent(align([curve]), 0, 3)).toEqual({ min: 1, max: 3 })
  const line = { id: 'r', label: 'r', style: { colour: 'red', dash: [] }, curve }
  expect(infinitePoints([line])).toEqual([
    { x: 1, isPositive: true, colour: 'red' },
    { x: 2, isPositive: false, colour: 'red' },
  ])
})
