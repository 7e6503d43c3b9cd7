/** Distances are scaled to this many points, so that a weight has the same visual effect over 1,000 and 100,000 steps. */
const VIEWPORT = 1000
/** The standard deviation and half window at the greatest weight, as shares of the visible range. */
const MAX_DEVIATION = 0.1
const MAX_HALF_WINDOW = 0.15
const DEVIATIONS = 3

export const SMOOTHING_KINDS = ['ema', 'gaussian', 'mean'] as const
export type SmoothingKind = (typeof SMOOTHING_KINDS)[number]

export interface Smoothing {
  readonly kind: SmoothingKind
  /** From 0 (no smoothing) to below 1. */
  readonly weight: number
}

/**
 * Smooths a curve whose x ascend. NaN values remain gaps and are ignored.
 *
 * - `ema`: debiased exponential moving average weighted by the distance between points, Weights & Biases' time-weighted EMA.
 *   Curves with fewer points than the viewport decay by one per point, as in TensorBoard.
 * - `gaussian`: mean weighted by the distance, with a standard deviation of weight² × 10 % of the range of x.
 * - `mean`: mean within weight² × 15 % of the range of x on each side.
 */
export function smooth(xs: readonly number[], ys: readonly number[], { kind, weight }: Smoothing): number[] {
  if (weight <= 0 || xs.length < 2) return [...ys]
  const range = xs.at(-1)! - xs[0]! || 1
  if (kind === 'ema') return movingAverage(xs, ys, weight, range)
  if (kind === 'gaussian') return gaussian(xs, ys, weight ** 2 * MAX_DEVIATION * range)
  return runningMean(xs, ys, weight ** 2 * MAX_HALF_WINDOW * range)
}

function movingAverage(xs: readonly number[], ys: readonly number[], weight: number, range: number) {
  const viewport = Math.min(VIEWPORT, xs.length - 1)
  const base = Math.min(Math.sqrt(weight), 0.999)
  let sum = 0
  let mass = 0
  let before = xs[0]!
  return ys.map((y, index) => {
    if (!Number.isFinite(y)) return y
    const decay = base ** (((xs[index]! - before) / range) * viewport)
    before = xs[index]!
    sum = sum * decay + y
    mass = mass * decay + 1
    return sum / mass
  })
}

function gaussian(xs: readonly number[], ys: readonly number[], deviation: number): number[] {
  let from = 0
  return ys.map((y, index) => {
    if (!Number.isFinite(y)) return y
    const x = xs[index]!
    while (xs[from]! < x - DEVIATIONS * deviation) from++
    let sum = 0
    let mass = 0
    for (let i = from; i < xs.length && xs[i]! <= x + DEVIATIONS * deviation; i++) {
      if (!Number.isFinite(ys[i]!)) continue
      const share = Math.exp(-0.5 * ((xs[i]! - x) / deviation || 0) ** 2)
      sum += share * ys[i]!
      mass += share
    }
    return sum / mass
  })
}

function runningMean(xs: readonly number[], ys: readonly number[], halfWindow: number): number[] {
  let [from, to, sum, count] = [0, 0, 0, 0]
  return ys.map((y, index) => {
    const x = xs[index]!
    for (; to < xs.length && xs[to]! <= x + halfWindow; to++)
      if (Number.isFinite(ys[to]!)) [sum, count] = [sum + ys[to]!, count + 1]
    for (; xs[from]! < x - halfWindow; from++)
      if (Number.isFinite(ys[from]!)) [sum, count] = [sum - ys[from]!, count - 1]
    return Number.isFinite(y) ? sum / count : y
  })
}
