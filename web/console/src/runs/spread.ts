import type { MetricStatistics } from '@cairn/platform/protocol/cairn/run-tables'

/** How a group shows the spread of its values. */
export const SPREADS = ['std', 'interval', 'range'] as const
export type Spread = (typeof SPREADS)[number]

export const isSpread = (text: string | undefined): text is Spread =>
  SPREADS.some((spread) => spread === text)

/** Two-sided 95 % quantiles of Student's t distribution by degrees of freedom, from 1. */
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const

/** Half of the width of the 95 % interval of a mean; undefined for one value. */
export function intervalHalf({ count, std }: MetricStatistics): number | undefined {
  if (std === undefined || count < 2) return undefined
  return ((QUANTILES[count - 2] ?? 1.96) * std) / Math.sqrt(count)
}
