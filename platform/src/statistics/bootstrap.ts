import { randomStream } from './random.js'

export const RESAMPLES = 1000
export const CONFIDENCE = 0.95

export interface Interval {
  low: number
  high: number
}

/** Returns the 95 % percentile interval of the mean of each column. Resamples users 1,000 times, equally for all columns. */
export function bootstrapIntervals<Name extends string>(
  columns: Record<Name, Float64Array>,
  seed = 1,
): Record<Name, Interval> {
  const names = Object.keys(columns) as Name[]
  const size = columns[names[0]!]?.length ?? 0
  const means = names.map(() => new Float64Array(RESAMPLES))
  forEachResample(size, seed, (resample, picks) => {
    names.forEach((name, n) => {
      means[n]![resample] = meanOf(columns[name], picks)
    })
  })
  return Object.fromEntries(names.map((name, n) => [name, interval(means[n]!)])) as Record<Name, Interval>
}

export interface PairedTest {
  /** The mean over users of challenger − champion. */
  difference: number
  interval: Interval
  /** The two-sided p-value, which is at least 2 / 1,001. */
  p_value: number
}

/** Compares two models on the same users in the same order. @throws RangeError on different lengths */
export function pairedBootstrap(champion: Float64Array, challenger: Float64Array, seed = 1): PairedTest {
  if (champion.length !== challenger.length)
    throw new RangeError(`cannot pair ${champion.length} users with ${challenger.length}`)
  const differences = challenger.map((value, user) => value - champion[user]!)
  const means = new Float64Array(RESAMPLES)
  forEachResample(differences.length, seed, (resample, picks) => {
    means[resample] = meanOf(differences, picks)
  })
  const notAbove = means.filter((value) => value <= 0).length
  const notBelow = means.filter((value) => value >= 0).length
  const tail = (Math.min(notAbove, notBelow) + 1) / (RESAMPLES + 1)
  return { difference: mean(differences), interval: interval(means), p_value: Math.min(1, 2 * tail) }
}

export function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return values.length === 0 ? 0 : sum / values.length
}

function forEachResample(
  size: number,
  seed: number,
  use: (resample: number, picks: Int32Array) => void,
): void {
  const random = randomStream(seed)
  const picks = new Int32Array(size)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let n = 0; n < size; n++) picks[n] = random() * size
    use(resample, picks)
  }
}

function meanOf(values: Float64Array, picks: Int32Array): number {
  let sum = 0
  for (const pick of picks) sum += values[pick]!
  return picks.length === 0 ? 0 : sum / picks.length
}

function interval(means: Float64Array): Interval {
  const sorted = means.toSorted()
  const at = (share: number) => sorted[Math.round(share * (RESAMPLES - 1))]!
  return { low: at((1 - CONFIDENCE) / 2), high: at((1 + CONFIDENCE) / 2) }
}
