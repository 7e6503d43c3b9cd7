import { ascending, quantile } from '../cards/statistics/quantile.js'
import type { Aligned } from './series.js'

const SHARE = 0.05

/** The 5th and 95th percentile of all values between two indexes of x; undefined without values, or if they are equal. */
export function typicalExtent({ lines }: Pick<Aligned, 'lines'>, from: number, to: number) {
  const values: number[] = []
  for (const line of lines)
    for (let i = from; i <= to; i++) {
      const value = line[i]
      if (value != null) values.push(value)
    }
  const sorted = ascending(values)
  if (sorted.length === 0) return undefined
  const [min, max] = [quantile(sorted, SHARE), quantile(sorted, 1 - SHARE)]
  return min < max ? { min, max } : undefined
}
