/** Points that a chart's width stands for, so that a weight looks alike over 1,000 and over 100,000 steps. */
const VIEWPORT = 1000

/**
 * Exponential moving average weighted by the distance between points, with the bias of the start taken out: Weights &
 * Biases' time-weighted EMA, except that a curve of fewer points than its viewport decays by one per point, as
 * TensorBoard's does.
 *
 * @param weight 0 (as it is) to below 1; NaN values stay gaps and do not count
 */
export function smooth(xs: readonly number[], ys: readonly number[], weight: number): number[] {
  if (weight <= 0 || xs.length < 2) return [...ys]
  const range = xs.at(-1)! - xs[0]! || 1
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
