import { ascending, deviation, quantile } from './quantile.js'

/** Tukey's box plot: whiskers end at the last value within 1.5 interquartile ranges of the box. */
export interface Box {
  readonly low: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly high: number
  readonly outliers: readonly number[]
  readonly count: number
}

const WHISKER = 1.5

/** @returns undefined without finite values */
export function boxOf(values: readonly number[]): Box | undefined {
  const sorted = ascending(values)
  if (sorted.length === 0) return undefined
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
  ]
  const reach = WHISKER * (q3 - q1)
  const inside = sorted.filter((value) => value >= q1 - reach && value <= q3 + reach)
  return {
    low: Math.min(inside[0] ?? q1, q1),
    q1,
    median,
    q3,
    high: Math.max(inside.at(-1) ?? q3, q3),
    outliers: [...sorted.filter((value) => value < q1 - reach || value > q3 + reach)],
    count: sorted.length,
  }
}

const VIOLIN_POINTS = 64
const REACH = 2

/**
 * A Gaussian kernel density with Silverman's bandwidth, two bandwidths beyond the extremes.
 *
 * @returns pairs of value and density relative to the greatest; empty unless there are two different values
 */
export function densityOf(values: readonly number[]): (readonly [value: number, share: number])[] {
  const sorted = ascending(values)
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
  const deviations = [deviation(sorted), spread / 1.34].filter((scale) => scale > 0)
  if (deviations.length === 0) return []
  const width = 0.9 * Math.min(...deviations) * sorted.length ** -0.2
  const start = sorted[0]! - REACH * width
  const step = (sorted.at(-1)! + REACH * width - start) / (VIOLIN_POINTS - 1)
  const points = Array.from({ length: VIOLIN_POINTS }, (_, i) => {
    const at = start + i * step
    return [at, sorted.reduce((sum, value) => sum + Math.exp(-0.5 * ((value - at) / width) ** 2), 0)] as const
  })
  const greatest = Math.max(...points.map(([, density]) => density))
  return points.map(([at, density]) => [at, density / greatest] as const)
}
