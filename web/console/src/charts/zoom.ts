import type { MetricBuckets, StepRange } from '../api/runs.js'
import type { XRange } from './chart-options.js'
import { type Axis, toCurve } from './series.js'

const STEP = 0.25

/** The range after a key: `+` and `-` zoom around the middle, arrows move by a quarter, `0` and Escape show all. */
export function zoomByKey(
  key: string,
  [min, max]: XRange,
): { readonly range: XRange | undefined } | undefined {
  const quarter = (max - min) * STEP
  switch (key) {
    case '+':
    case '=':
      return { range: [min + quarter, max - quarter] }
    case '-':
      return { range: [min - 2 * quarter, max + 2 * quarter] }
    case 'ArrowLeft':
      return { range: [min - quarter, max - quarter] }
    case 'ArrowRight':
      return { range: [min + quarter, max + quarter] }
    case '0':
    case 'Escape':
      return { range: undefined }
    default:
      return undefined
  }
}

/** A range within the data; undefined if it covers all, or nothing. */
export function clampRange([min, max]: XRange, data: MetricBuckets, axis: Axis): XRange | undefined {
  const xs = data.runs.flatMap((run) => toCurve(run, axis).xs)
  const first = xs.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY)
  const last = xs.reduce((greatest, x) => Math.max(greatest, x), Number.NEGATIVE_INFINITY)
  const [from, to] = [Math.max(min, first), Math.min(max, last)]
  return from >= to || (from <= first && to >= last) ? undefined : [from, to]
}

/** The steps that a range of x shows, with a bucket on both sides, so that lines reach the edges. */
export function stepsWithin([min, max]: XRange, { width, runs }: MetricBuckets, axis: Axis): StepRange {
  if (axis === 'step') return [Math.floor(min) - width, Math.ceil(max) + width]
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { first_timestamp = 0, buckets } of runs)
    for (const { first_step, last_step, last_timestamp } of buckets) {
      const x = (last_timestamp - first_timestamp) / 1000
      if (x < min || x > max) continue
      first = Math.min(first, first_step - width)
      last = Math.max(last, last_step + width)
    }
  return first <= last ? [first, last] : [0, 0]
}
