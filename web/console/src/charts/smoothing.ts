/** Distances are scaled to this many points, so that a weight has the same visual effect over 1,000 and 100,000 steps. */
const VIEWPORT = 1000

/**
 * Debiased exponential moving average weighted by the distance between points: Weights & Biases' time-weighted EMA. Curves
 * with fewer points than the viewport decay by one per point, as in TensorBoard.
 *
 * @param weight from 0 (no smoothing) to below 1. NaN values remain gaps and are ignored
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
