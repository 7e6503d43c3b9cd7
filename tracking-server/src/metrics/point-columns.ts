/** Points of one metric of one run in columns of equal length: timestamps in milliseconds, steps and values. */
export interface PointColumns {
  readonly timestamps: Float64Array
  readonly steps: Float64Array
  readonly values: Float64Array
}

/** A point as a row stores it: NaN is 0 with `is_nan`. */
export interface StoredPoint {
  readonly timestamp: number
  readonly step: number
  readonly value: number
  readonly is_nan: 0 | 1
}

export function toColumns(rows: readonly StoredPoint[]): PointColumns {
  const points = emptyColumns(rows.length)
  for (const [i, row] of rows.entries()) {
    points.timestamps[i] = row.timestamp
    points.steps[i] = row.step
    points.values[i] = row.is_nan ? Number.NaN : row.value
  }
  return points
}

export function pointAt({ timestamps, steps, values }: PointColumns, i: number): StoredPoint {
  const value = values[i]!
  const isNan = Number.isNaN(value)
  return {
    timestamp: timestamps[i]!,
    step: steps[i]!,
    value: isNan ? 0 : value,
    is_nan: isNan ? 1 : 0,
  }
}

export function concat(parts: readonly PointColumns[]): PointColumns {
  if (parts.length === 1) return parts[0]!
  const whole = emptyColumns(parts.reduce((count, { values }) => count + values.length, 0))
  let at = 0
  for (const part of parts) {
    for (const column of COLUMNS) whole[column].set(part[column], at)
    at += part.values.length
  }
  return whole
}

/** Sorts by timestamp, step and value, the order of the history, and removes duplicates. */
export function sortedDistinct(points: PointColumns): PointColumns {
  if (isSortedDistinct(points)) return points
  const order = Uint32Array.from(points.values, (_, i) => i).sort((i, j) => compareAt(points, i, j))
  const kept = order.filter((at, i) => i === 0 || compareAt(points, order[i - 1]!, at) !== 0)
  const result = emptyColumns(kept.length)
  for (const column of COLUMNS)
    for (let i = 0; i < kept.length; i++) result[column][i] = points[column][kept[i]!]!
  return result
}

/** Returns the points from `start` up to `end`, without copying. */
export const slice = (points: PointColumns, start: number, end = points.values.length): PointColumns => ({
  timestamps: points.timestamps.subarray(start, end),
  steps: points.steps.subarray(start, end),
  values: points.values.subarray(start, end),
})

const COLUMNS = ['timestamps', 'steps', 'values'] as const

export const emptyColumns = (length: number): PointColumns => ({
  timestamps: new Float64Array(length),
  steps: new Float64Array(length),
  values: new Float64Array(length),
})

function isSortedDistinct(points: PointColumns): boolean {
  for (let i = 1; i < points.values.length; i++) if (compareAt(points, i - 1, i) >= 0) return false
  return true
}

/** The order of the table `metrics`: NaN sorts as 0, after the number 0. */
function compareAt({ timestamps, steps, values }: PointColumns, i: number, j: number): number {
  const difference = timestamps[i]! - timestamps[j]! || steps[i]! - steps[j]!
  if (difference !== 0) return difference
  const a = values[i]!
  const b = values[j]!
  return (a || 0) - (b || 0) || Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}
