import type { StepRange } from '../api/runs.js'
import type { XRange } from './chart-options.js'
import type { Axis, PlacedRun } from './series.js'

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
export function clampRange([min, max]: XRange, placed: readonly PlacedRun[]): XRange | undefined {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { xs } of placed)
    for (const x of xs) {
      if (x < first) first = x
      if (x > last) last = x
    }
  const [from, to] = [Math.max(min, first), Math.min(max, last)]
  return from >= to || (from <= first && to >= last) ? undefined : [from, to]
}

/** The steps that a range of x shows, with a bucket on both sides, so that lines reach the edges. */
export function stepsWithin(
  [min, max]: XRange,
  width: number,
  placed: readonly PlacedRun[],
  axis: Axis,
): StepRange {
  if (axis === 'step') return [Math.floor(min) - width, Math.ceil(max) + width]
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { run, xs } of placed)
    for (const [i, { first_step, last_step }] of run.buckets.entries()) {
      if (!(xs[i]! >= min && xs[i]! <= max)) continue
      first = Math.min(first, first_step - width)
      last = Math.max(last, last_step + width)
    }
  return first <= last ? [first, last] : [0, 0]
}
