import type { MetricStatistics } from '@cairn/platform/protocol/run-tables'

/** Statistics of values: their number, mean, and sum of squared differences from the mean. */
export interface Moments {
  readonly count: number
  readonly mean: number
  readonly squares: number
  readonly min: number
  readonly max: number
}

/** The statistics of both samples together (Chan, Golub and LeVeque), stable for values far from 0. */
export function mergedMoments(a: Moments | undefined, b: Moments): Moments {
  if (!a) return b
  const count = a.count + b.count
  const delta = b.mean - a.mean
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    squares: a.squares + b.squares + delta * delta * ((a.count * b.count) / count),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  }
}

export const toStatistics = (key: string, { count, mean, squares, min, max }: Moments): MetricStatistics => ({
  ...{ key, count, mean, min, max },
  ...(count > 1 && { std: Math.sqrt(squares / (count - 1)) }),
})
