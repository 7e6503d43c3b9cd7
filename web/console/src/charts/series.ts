import type { Metric } from '@cairn/platform/protocol/metrics'

export type Axis = 'step' | 'time'

export interface Curve {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** Sorted by x: the step, or seconds since the first point. */
export function toCurve(history: readonly Metric[], axis: Axis): Curve {
  const start = history.reduce((first, { timestamp }) => Math.min(first, timestamp), Infinity)
  const points = history
    .map(({ step, timestamp, value }) => ({
      x: axis === 'step' ? step : (timestamp - start) / 1000,
      y: Number(value),
    }))
    .sort((a, b) => a.x - b.x)
  return { xs: points.map(({ x }) => x), ys: points.map(({ y }) => y) }
}

/** Replaces values that a log axis cannot show with NaN and counts them. */
export function positiveOnly({ xs, ys }: Curve): { curve: Curve; dropped: number } {
  const dropped = ys.filter((y) => y <= 0).length
  return { curve: { xs, ys: ys.map((y) => (y <= 0 ? Number.NaN : y)) }, dropped }
}

type Aligned = [number[], ...(number | null | undefined)[][]]

/**
 * Aligns curves to one list of x, as uPlot requires. Missing points are undefined, which the line skips; NaN and infinity
 * are null, which breaks the line.
 */
export function align(curves: readonly Curve[]): Aligned {
  const xs = [...new Set(curves.flatMap((curve) => curve.xs))].sort((a, b) => a - b)
  const indexOf = new Map(xs.map((x, index) => [x, index]))
  const lines = curves.map((curve) => {
    const line = new Array<number | null | undefined>(xs.length).fill(undefined)
    curve.xs.forEach((x, index) => {
      const y = curve.ys[index]!
      line[indexOf.get(x)!] = Number.isFinite(y) ? y : null
    })
    return line
  })
  return [xs, ...lines]
}
