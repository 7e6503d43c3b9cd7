import type { Band } from './curve-view.js'
import { type Curve, commonXs } from './series.js'

/** The 97.5 % quantile of Student's distribution by degrees of freedom, from 1. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
const NORMAL = 1.96

/** The factor of the standard error of a mean of `count` values for its 95 % interval. */
export const intervalFactor = (count: number) => STUDENT[count - 2] ?? NORMAL

/**
 * The mean of several runs with a band around it. Runs need not have points at the same x: values between two points of a run are
 * interpolated, and a run counts between its first and last point only.
 */
export function groupCurve(curves: readonly Curve[], band: Band): Curve {
  const { xs } = commonXs(curves)
  const sums = sumsAt(xs, curves)
  const group = { xs, ys: [] as number[], lows: [] as number[], highs: [] as number[] }
  for (let i = 0; i < xs.length; i++) {
    const count = sums.count[i]!
    const mean = count > 0 ? sums.first[i]! + sums.sum[i]! / count : Number.NaN
    const half = band === 'range' ? 0 : halfWidth(band, count, sums.sum[i]!, sums.squares[i]!)
    group.ys.push(mean)
    group.lows.push(band === 'range' ? (count > 0 ? sums.low[i]! : Number.NaN) : mean - half)
    group.highs.push(band === 'range' ? (count > 0 ? sums.high[i]! : Number.NaN) : mean + half)
  }
  return group
}

function halfWidth(band: Band, count: number, sum: number, squares: number): number {
  if (count < 2) return 0
  const deviation = Math.sqrt(Math.max(0, squares - sum ** 2 / count) / (count - 1))
  return band === 'deviation' ? deviation : (intervalFactor(count) * deviation) / Math.sqrt(count)
}

/** Sums over the runs at each x. */
class Sums {
  readonly count: Float64Array
  /** The first value: sums of squares of the values themselves would cancel. */
  readonly first: Float64Array
  /** Sums of the differences to the first value, and of their squares. */
  readonly sum: Float64Array
  readonly squares: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array

  constructor(size: number) {
    this.count = new Float64Array(size)
    this.first = new Float64Array(size)
    this.sum = new Float64Array(size)
    this.squares = new Float64Array(size)
    this.low = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    this.high = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
  }

  add(i: number, value: number, low: number, high: number) {
    if (this.count[i] === 0) this.first[i] = value
    const difference = value - this.first[i]!
    this.count[i]!++
    this.sum[i]! += difference
    this.squares[i]! += difference ** 2
    this.low[i] = Math.min(this.low[i]!, low)
    this.high[i] = Math.max(this.high[i]!, high)
  }
}

function sumsAt(xs: readonly number[], curves: readonly Curve[]): Sums {
  const sums = new Sums(xs.length)
  for (const { xs: own, ys, lows = ys, highs = ys } of curves) {
    const last = own.at(-1) ?? Number.NEGATIVE_INFINITY
    let before = 0
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i]!
      while (before + 1 < own.length && own[before + 1]! <= x) before++
      if (!(x >= own[0]! && x <= last)) continue
      const value = between(own, ys, before, x)
      if (Number.isFinite(value))
        sums.add(i, value, between(own, lows, before, x), between(own, highs, before, x))
    }
  }
  return sums
}

function between(xs: readonly number[], ys: readonly number[], before: number, x: number): number {
  const [x0, x1] = [xs[before]!, xs[before + 1]]
  const y0 = ys[before]!
  if (x1 === undefined || x1 === x0 || x === x0) return y0
  const y1 = ys[before + 1]!
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
}
