import type { BucketedRun } from '../api/runs.js'
import { isDrawable } from '../metrics/infinity.js'

export interface Summary {
  readonly min: number | undefined
  readonly max: number | undefined
  /** The last value of each bucket, after its extremes where buckets have several values; NaN for what cannot be drawn. */
  readonly values: readonly number[]
}

/** The range of a metric over all of its steps, from buckets. */
export function summaryOf({ buckets }: Pick<BucketedRun, 'buckets'>): Summary {
  const least = buckets.flatMap(({ min }) => min ?? [])
  const greatest = buckets.flatMap(({ max }) => max ?? [])
  const isRange = buckets.some(({ min, max }) => min !== max)
  return {
    min: least.length > 0 ? Math.min(...least) : undefined,
    max: greatest.length > 0 ? Math.max(...greatest) : undefined,
    values: buckets.flatMap(({ min, max, last }) =>
      isRange
        ? [...extremes(min ?? Number.NaN, max ?? Number.NaN, Number(last)), Number(last)]
        : [Number(last)],
    ),
  }
}

/** The extreme that is nearer to the last value comes second: a falling line must not begin by rising. */
const extremes = (min: number, max: number, last: number) =>
  last - min < max - last ? [max, min] : [min, max]

/** An SVG path through the finite values; gaps for the others. A flat line is in the middle. */
export function sparklinePath(values: readonly number[], width: number, height: number): string {
  const finite = values.filter(isDrawable)
  if (finite.length < 2) return ''
  const low = Math.min(...finite)
  const span = Math.max(...finite) - low
  const x = (index: number) => ((index / (values.length - 1)) * width).toFixed(1)
  const y = (value: number) => (span > 0 ? height - ((value - low) / span) * height : height / 2).toFixed(1)
  return values
    .map((value, index) => {
      if (!isDrawable(value)) return ''
      const starts = index === 0 || !isDrawable(values[index - 1]!)
      return `${starts ? 'M' : 'L'}${x(index)} ${y(value)}`
    })
    .join('')
}
