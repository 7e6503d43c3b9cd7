import type { OutcomeDifference } from '@cairn/platform/protocol/cairn/serving-feedback'
import { normalPValue, studentPValue, studentQuantile } from './distributions.js'

/** The values of an outcome. */
export interface Sample {
  readonly count: number
  readonly mean: number
  /** With n − 1; 0 for a single value. */
  readonly variance: number
  /** True if all values are 0 or 1. */
  readonly binary: boolean
}

export interface Interval {
  readonly low: number
  readonly high: number
}

const ALPHA = 0.05
const Z = studentQuantile(ALPHA, Number.POSITIVE_INFINITY)

/** The 95 % interval of the mean: Wilson's for 0 and 1, else Student's; undefined for a single other value. */
export function meanInterval({ count, mean, variance, binary }: Sample): Interval | undefined {
  if (binary) return wilson(mean, count)
  if (count < 2) return undefined
  return around(mean, studentQuantile(ALPHA, count - 1) * Math.sqrt(variance / count))
}

function wilson(share: number, count: number): Interval {
  const z2 = Z * Z
  const center = (share + z2 / (2 * count)) / (1 + z2 / count)
  const half = (Z / (1 + z2 / count)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count))
  return { low: share === 0 ? 0 : center - half, high: share === 1 ? 1 : center + half }
}

type Difference = Omit<OutcomeDifference, 'name'>

/** Compares independent samples; undefined if they are too small. */
export function compareSamples(first: Sample, second: Sample): Difference | undefined {
  if (first.binary && second.binary) return compareProportions(first, second)
  return first.count >= 2 && second.count >= 2 ? welch(first, second) : undefined
}

/** The test with the pooled share, and Newcombe's interval, which combines Wilson's. */
function compareProportions(first: Sample, second: Sample): Difference {
  const difference = second.mean - first.mean
  const pooled = (first.mean * first.count + second.mean * second.count) / (first.count + second.count)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.count + 1 / second.count))
  const [a, b] = [wilson(first.mean, first.count), wilson(second.mean, second.count)]
  return {
    test: 'two_proportions',
    difference,
    interval: {
      low: difference - Math.hypot(second.mean - b.low, a.high - first.mean),
      high: difference + Math.hypot(b.high - second.mean, first.mean - a.low),
    },
    p_value: normalPValue(difference / error),
  }
}

function welch(first: Sample, second: Sample): Difference {
  const difference = second.mean - first.mean
  const [a, b] = [first.variance / first.count, second.variance / second.count]
  const error = Math.sqrt(a + b)
  const df = (a + b) ** 2 / (a ** 2 / (first.count - 1) + b ** 2 / (second.count - 1))
  return { test: 'welch', ...studentTest(difference, error, df) }
}

/** @param differences of the pairs, second − first; undefined for a single pair */
export function comparePairs({ count, mean, variance }: Omit<Sample, 'binary'>): Difference | undefined {
  if (count < 2) return undefined
  return { test: 'paired', ...studentTest(mean, Math.sqrt(variance / count), count - 1) }
}

/** Without variance there are no degrees of freedom: equal means are equal, others differ for certain. */
function studentTest(difference: number, error: number, df: number) {
  const half = error === 0 ? 0 : studentQuantile(ALPHA, df) * error
  return { difference, interval: around(difference, half), p_value: studentPValue(difference / error, df) }
}

const around = (center: number, half: number): Interval => ({ low: center - half, high: center + half })
