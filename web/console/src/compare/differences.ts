import { directionOf } from '../metrics/direction.js'
import type { Interval, RunRow } from '../runs/row.js'

/** Number of runs by value of a tag. */
export function tagVariants(rows: readonly RunRow[], tag: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = row.tags.get(tag)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return counts
}

/** Metrics of runs with different protocols or data must not be ranked. */
export const isComparable = (rows: readonly RunRow[]) =>
  tagVariants(rows, 'cairn.protocol').size <= 1 && tagVariants(rows, 'cairn.data_digest').size <= 1

const NONE: ReadonlySet<number> = new Set()

/**
 * Indexes of the best value, several if they tie. None if the direction is unknown, all values are equal, or the 95% interval
 * of a worse value overlaps that of the best: the difference may be chance.
 */
export function bestOf(
  metric: string,
  values: readonly (number | undefined)[],
  intervals: readonly (Interval | undefined)[] = [],
): ReadonlySet<number> {
  const direction = directionOf(metric)
  const known = values.flatMap((value, index) =>
    value === undefined || Number.isNaN(value) ? [] : [{ score: value * direction, index }],
  )
  if (direction === 0 || known.length < 2) return NONE
  const top = known.reduce((best, { score }) => Math.max(best, score), Number.NEGATIVE_INFINITY)
  const [best, others] = [
    known.filter(({ score }) => score === top),
    known.filter(({ score }) => score !== top),
  ]
  const overlaps = (a: Interval | undefined, b: Interval | undefined) =>
    a !== undefined && b !== undefined && a.low <= b.high && b.low <= a.high
  const isUncertain = others.some((other) => overlaps(intervals[other.index], intervals[best[0]!.index]))
  return others.length === 0 || isUncertain ? NONE : new Set(best.map(({ index }) => index))
}
