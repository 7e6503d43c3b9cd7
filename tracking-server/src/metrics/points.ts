/**
 * Values of one metric of one run, column by column: timestamps in milliseconds, steps, and values, where NaN is NaN.
 * All three have the same length.
 */
export interface Points {
  readonly timestamps: Float64Array
  readonly steps: Float64Array
  readonly values: Float64Array
}

/** A value as a row stores it: NaN is 0 with `is_nan`. */
export interface Point {
  readonly timestamp: number
  readonly step: number
  readonly value: number
  readonly is_nan: 0 | 1
}

export function toPoints(rows: readonly Point[]): Points {
  const points = empty(rows.length)
  for (const [i, row] of rows.entries()) {
    points.timestamps[i] = row.timestamp
    points.steps[i] = row.step
    points.values[i] = row.is_nan ? Number.NaN : row.value
  }
  return points
}

export function pointAt({ timestamps, steps, values }: Points, i: number): Point {
  const value = values[i]!
  const isNan = Number.isNaN(value)
  return {
    timestamp: timestamps[i]!,
    step: steps[i]!,
    value: isNan ? 0 : value,
    is_nan: isNan ? 1 : 0,
  }
}

export function concat(parts: readonly Points[]): Points {
  if (parts.length === 1) return parts[0]!
  const whole = empty(parts.reduce((count, { values }) => count + values.length, 0))
  let at = 0
  for (const part of parts) {
    for (const column of COLUMNS) whole[column].set(part[column], at)
    at += part.values.length
  }
  return whole
}

/** By timestamp, step and value, each point once: the order of the history. */
export function ordered(points: Points): Points {
  if (isOrdered(points)) return points
  const order = Uint32Array.from(points.values, (_, i) => i).sort((i, j) => compareAt(points, i, j))
  const kept = order.filter((at, i) => i === 0 || compareAt(points, order[i - 1]!, at) !== 0)
  const result = empty(kept.length)
  for (const column of COLUMNS)
    for (let i = 0; i < kept.length; i++) result[column][i] = points[column][kept[i]!]!
  return result
}

/** The points from `start` up to `end`. */
export const slice = (points: Points, start: number, end = points.values.length): Points => ({
  timestamps: points.timestamps.subarray(start, end),
  steps: points.steps.subarray(start, end),
  values: points.values.subarray(start, end),
})

const COLUMNS = ['timestamps', 'steps', 'values'] as const

export const empty = (length: number): Points => ({
  timestamps: new Float64Array(length),
  steps: new Float64Array(length),
  values: new Float64Array(length),
})

function isOrdered(points: Points): boolean {
  for (let i = 1; i < points.values.length; i++) if (compareAt(points, i - 1, i) >= 0) return false
  return true
}

/** As the history table orders its rows: NaN lies at 0, after the number. */
function compareAt({ timestamps, steps, values }: Points, i: number, j: number): number {
  const difference = timestamps[i]! - timestamps[j]! || steps[i]! - steps[j]!
  if (difference !== 0) return difference
  const a = values[i]!
  const b = values[j]!
  return (a || 0) - (b || 0) || Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}
